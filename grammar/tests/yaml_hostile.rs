//! Long texts that are made to be slow to read: the time must grow with the length and not with its square.

use std::time::{Duration, Instant};

use dikast_grammar::FileId;
use dikast_grammar::yaml;

const LENGTH: usize = 200_000;

/// Far more than any of the texts takes, even in a build without optimisation, and far less than a square would.
const LIMIT: Duration = Duration::from_secs(10);

fn repeated(piece: &str) -> String {
    piece.repeat(LENGTH / piece.len())
}

fn numbered(piece: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= LENGTH {
            break;
        }
        text.push_str(&piece(number));
    }
    text
}

#[test]
fn the_time_grows_with_the_length() {
    let pieces = [
        "[",
        "{",
        "[\n",
        "[]",
        "[]: ",
        "[a,",
        "a,",
        "a: 1\n",
        "- ",
        "- x\n",
        "-\n",
        "? ",
        "?\n",
        ": ",
        "&a ",
        "*a ",
        "a",
        "a b ",
        "a\n",
        "\"",
        "'",
        "\"\\n",
        "'\n---\n",
        " ",
        "\t",
        "\n",
        "\r",
        "#\n",
        "---\n",
        "...\n",
        "a: 1\n---\n",
        "a: b: c\n---\n",
        "%YAML 1.1\n",
        "!!str ",
        "- !!str x\n",
        "|\n",
        "a: |\n ",
        ">\n x\n",
        "é",
        "{a: .nan, b: {c: ~}},",
        "a: .inf\n",
        "a: &a x\n",
        "0x",
        "1_",
    ];
    let mut texts: Vec<String> = pieces.iter().map(|piece| repeated(piece)).collect();
    texts.extend(pieces.iter().map(|piece| format!("a: |\n  {}", repeated(piece))));
    for (open, close) in [("[", "]"), ("{", "}"), ("\"", "\""), ("'", "'")] {
        texts.extend(
            ["a,", "a: b,", "?,", "a\n", "\\n", "''", "[],", "*a,"]
                .map(|piece| format!("{open}{}{close}", repeated(piece))),
        );
    }
    texts.extend([
        numbered(|number| format!("key{number}: 1\n")),
        numbered(|number| format!("- &a{number} x\n")),
        numbered(|number| format!("%TAG !a{number}! b\n")),
        numbered(|number| format!("{}a:\n", " ".repeat(number))),
        numbered(|number| format!("- &a{number} [*a{}]\n", number.saturating_sub(1))),
        numbered(|number| format!("a{number}: &a{number} {{<<: [*a0, *a{}]}}\n", number / 2)),
        format!("&a [{}]", repeated("*a,")),
        format!("b: &b {{{}}}\nc:\n{}", numbered(|number| format!("k{number}: 1, ")), "  <<: *b\n".repeat(1000)),
        format!("{}a: .nan\n{}", "a: 1\n".repeat(1100), repeated("a: .nan\n")),
        format!("[{}]", format!("{}{},", "[".repeat(200), "]".repeat(200)).repeat(500)),
    ]);
    for text in texts {
        let start = Instant::now();
        yaml::parse(FileId(0), &text);
        let beginning: String = text.chars().take(40).collect();
        assert!(start.elapsed() < LIMIT, "{:?} for {beginning:?}", start.elapsed());
    }
}
