//! Writes the embedded types of Kubernetes: `bundle-schemas FOLDER OUT`.
//!
//! FOLDER has OpenAPI documents of version 2, named by the minor version of Kubernetes that they are of: `36.json`. More
//! than one of a version may be given (`36_enums.json`); of what several say, the last in the order of names counts. OUT is
//! `compiler/schemas`, whose README says where the documents come from.
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};

use dikast_compiler::schema::bundle;
use dikast_compiler::schema::published::{Published, join};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bundle-schemas FOLDER OUT".into());
    };
    let mut files =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    files.sort();
    let documents = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    let (types, descriptions) = bundle::encode(&join(&documents));
    fs::write(out.join("kubernetes.bin"), types)?;
    fs::write(out.join("descriptions.bin"), descriptions)?;
    Ok(())
}

fn read(file: &Path) -> Result<Published, Box<dyn std::error::Error>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let digits = name.find(|character: char| !character.is_ascii_digit()).unwrap_or(name.len());
    let minor = name[..digits].parse().map_err(|_| format!("{name} does not begin with a version"))?;
    Ok(Published { minor, document: serde_json::from_reader(std::io::BufReader::new(fs::File::open(file)?))? })
}
