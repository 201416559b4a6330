//! The inputs, parser by parser.

use super::LENGTH;

/// As often as the length of the inputs allows: a text, between two others.
fn fill(before: &str, unit: &str, after: &str) -> String {
    let times = (LENGTH - before.len() - after.len()) / unit.len();
    format!("{before}{}{after}", unit.repeat(times))
}

pub(super) fn repeated(units: &[&str]) -> Vec<String> {
    units.iter().map(|unit| fill("", unit, "")).collect()
}

/// One input for each triple.
fn filled(parts: &[(&str, &str, &str)]) -> Vec<String> {
    parts.iter().map(|(before, unit, after)| fill(before, unit, after)).collect()
}

/// Each unit alone, and opened but closed as often.
fn nested(pairs: &[(&str, &str)]) -> Vec<String> {
    pairs
        .iter()
        .map(|(open, close)| {
            let times = LENGTH / (open.len() + close.len());
            format!("{}{}", open.repeat(times), close.repeat(times))
        })
        .collect()
}

pub(super) fn yaml_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "[?,",
        "[",
        "{",
        "- ",
        "? ",
        "a: ",
        "{?",
        "[[],",
        "{a: ",
        "&a ",
        "*a ",
        "!!",
        "!a ",
        "!<",
        "'",
        "\"",
        "\"\\x",
        "|\n",
        ">\n\n",
        "---\n",
        "...\n",
        "--- ",
        "%A ",
        "%YAML 1.1\n",
        "# ",
        "\n",
        " \n",
        "\t",
        "\r",
        "\u{feff}",
        "\u{85}",
        "-\n",
        "?\n",
        ": ",
        ":\n",
        "a\n",
        "a: b\n",
        "- a\n",
        "<<: ",
        "- - \n",
        "<<: {a: b}\n",
        "a: [\n",
        "\\",
        "é",
        "a: &a b\n",
        "- *a\n",
        ", ",
        "[,",
        "{,",
        "]",
        "}",
        "x: |\n y\n",
        "[a, ",
        "{a, ",
        "[a: ",
        "0",
        "0x",
        "1_",
        "1:",
        "a #",
        "a: b: ",
        "\"a\": ",
        "\n\n- ",
        "!!binary A",
        "'a'\n",
        "[? a : b,",
    ]);
    inputs.extend(nested(&[("[", "]"), ("{a: ", "}"), ("[? ", "]"), ("- ", "\n")]));
    inputs.extend(filled(&[
        ("a: &a [x]\nb: [", "*a,", "]"),
        ("a: |\n", " \n", "x"),
        ("a: \"", "\\\n", "\""),
        ("a: '", "\n", "'"),
        ("a: ", "b\n   ", ""),
        ("? ", "a ", ": b"),
    ]));
    inputs.push((0..LENGTH / 12).map(|line| format!("key{line:06}: 1\n")).collect());
    inputs.push((0..LENGTH / 16).map(|line| format!("- &a{line:05} *a{:05}\n", line / 2)).collect());
    inputs.push((0..1400).map(|level| format!("{}a:\n", " ".repeat(level))).collect());
    inputs
}

pub(super) fn json_inputs() -> Vec<String> {
    let mut inputs = repeated(&["[", "{\"a\":", "[[],", "1", "-", "\"", "\\u", "{", " ", "é"]);
    inputs.extend(nested(&[("[", "]"), ("{\"a\":", "}")]));
    inputs.extend(filled(&[
        ("\"", "\\u0041", "\""),
        ("\"", "\\ud800", "\""),
        ("[0", ",0", "]"),
        ("1", "0", ".5e9"),
        ("0.", "1", "e-9"),
        ("{\"a\":1", ",\"a\":1", "}"),
    ]));
    inputs
}

pub(super) fn expression_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "(", "[", "{", "{a:", "!", "&", "a(", "[?", "[*]", "[]", "a.", "a||", "a|", "a&&", "a==", "*", "@", "'", "\"",
        "`", "\\", "`[", "-", "0", "[0:", ":", ",", "a,", "a ", " ", "é", "]", "f(&", "[?a]", "*.", "[[", "a[?b",
        "'a'||", "`1`|", "a.b(", "[0]", "{a:b,",
    ]);
    inputs.extend(nested(&[
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("f(", ")"),
        ("[?", "]"),
        ("a[?", "]"),
        ("`[", "]`"),
    ]));
    inputs.extend(filled(&[
        ("`", "[", "`"),
        ("'", "\\'", "'"),
        ("\"", "\\u0041", "\""),
        ("a", ".a", ""),
        ("a", "||a", ""),
        ("a", "|a", ""),
        ("a", "==a", ""),
        ("[a", ",a", "]"),
        ("f(a", ",a", ")"),
    ]));
    inputs
}

pub(super) fn template_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "{",
        "{{",
        "{{a",
        "{{}}",
        "{{a}}",
        "{{ {",
        "}}",
        "}",
        "\\",
        "\\{{",
        "\\\\{{",
        "{{-",
        "{{ {a} ",
        "{{a}",
        "{}{",
        "{{{}}",
        "{{`{}`",
        "{{'}}'",
        "{{a}}{",
        "{{ a }} ",
        "{{a.b(c)}}",
        "{{(}}",
        "\\{{a}}",
        "{{@}}",
    ]);
    inputs.extend(nested(&[("{", "}"), ("{{", "}}"), ("{{a.", "}}"), ("{{ {", "} }}"), ("{{-", "}}")]));
    inputs.extend(filled(&[("{{", "a.", "b}}"), ("{{", "{}", "}}"), ("{{", "(", "}}")]));
    inputs
}

pub(super) fn reference_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "$(", "$(a", "$(a)", "\\$(", "$", "(", ")", "/", "../", "$(../", "$(<=", "~1", "=(", "((", "a/", "a.", "*/",
        "v1/",
    ]);
    inputs.extend(nested(&[("(", ")"), ("$(", ")"), ("=(", ")")]));
    inputs.extend(filled(&[("$(./", "../", "a)")]));
    inputs
}

pub(super) fn number_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "0", "1", "9", "-", "+", ".", "1.", "e", "1e", "1h", "1m", "1ns", ".1s", "1Ki", "é", " ", "_1", "0x",
    ]);
    inputs.extend(filled(&[
        ("0.", "0", "1"),
        ("0.", "9", "Ki"),
        ("", "9", "Ei"),
        ("1.", "3", "e5"),
        ("1e", "9", ""),
        ("1e-", "0", "9"),
        ("0x1.", "f", "p-2"),
        ("1.", "5", "h"),
        ("-", "0", "n"),
    ]));
    inputs
}

pub(super) fn pattern_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "|", "&", "|&", "!", "<", ">=", "-", "1-", "1-2", "1-2|", "!-", "1!-2|", "a|", "*|", "?", "*", "a*", "a?*",
        "*a?", " ", "1Ki-2Ki|", "1h|", "é", "<1|", "!a&", "a-",
    ]);
    inputs.extend(number_inputs());
    inputs
}

pub(super) fn version_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "1",
        ".",
        "1.",
        "1.2.3 ",
        "1.2.3||",
        "1.2.3 || ",
        "|| ",
        "> ",
        ">=1.0.0 ",
        "x",
        "1.x ",
        "x.",
        "<",
        "é",
        "v",
        "1.2.3-",
    ]);
    inputs.extend(filled(&[
        ("1.2.3-", "a.", "b"),
        ("1.2.3-", "1.", "2"),
        ("1.2.3-", "a", ""),
        ("1.2.3+", "b.", "c"),
        ("1.2.3-0", "-", ""),
        ("1.2.3-", "a.", "é"),
        (">=", "1", ".0.0"),
        ("1.2.3-", "0.", "00"),
        ("1", ".x", ""),
    ]));
    inputs
}

pub(super) fn image_inputs() -> Vec<String> {
    let mut inputs =
        repeated(&["a", "/", "a/", ":", "a:", "@", "a@", ".", "a.", "__", "-", "A", "É", "a_", "[", "a/A/", "sha256:"]);
    inputs.extend(filled(&[("a.b/", "c/", "d:e"), ("a@sha256:", "0", ""), ("[", ":", "]:5000/a"), ("a", "-", "b")]));
    inputs
}

pub(super) fn regex_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "a",
        "(",
        "(?",
        "(?i)",
        "(a",
        "a|",
        "|",
        "a*",
        "a?",
        "[",
        "[a",
        "[^",
        "[[:alpha:]",
        "\\",
        "\\d",
        "\\pL",
        "\\Q",
        "\\x{",
        "{",
        "a{2}",
        "a{2,",
        "(a|b)",
        ".",
        ".*",
        "^",
        "$",
        "\\b",
        "é",
        "(?P<n>a)",
        "(?:",
        "[a-z]",
        "(?i)k",
        "a{1000}",
        "(|a)*",
        "\\p{Greek}",
        "[\\d\\pL]",
    ]);
    inputs.extend(nested(&[("(", ")"), ("(a|", ")"), ("(?:", ")*"), ("[", "]"), ("(", "){2}"), ("(?i:", ")")]));
    inputs.extend(filled(&[
        ("[", "a-z", "]"),
        ("[", "é", "]"),
        ("(?i)[", "é-日", "]"),
        ("(?i)", "ſ", ""),
        ("\\Q", "a", "\\E"),
        ("(?i)", "a|b|", "c"),
    ]));
    inputs
}

pub(super) fn time_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "0", "2006", "1", ".0", ".000", "Mon", "MST", "Z", "Z07:00", "_2", " ", "é", "-07", "Jan", "PM", "05.9",
    ]);
    inputs.extend(filled(&[("2024-01-01T00:00:00.", "1", "Z"), ("2024-01-01T00:00:00Z", "0", ""), ("05.", "0", "")]));
    inputs
}

pub(super) fn certificate_inputs() -> Vec<String> {
    let block = |unit: &str| fill("-----BEGIN CERTIFICATE-----\n", unit, "\n-----END CERTIFICATE-----\n");
    let mut inputs = repeated(&[
        "-----BEGIN ",
        "-----BEGIN A-----\n",
        "-----END A-----\n",
        "-",
        "\n",
        "A",
        "-----BEGIN CERTIFICATE-----\n",
        "\n-----BEGIN CERTIFICATE-----\nA: b\n",
    ]);
    // Sequences within sequences, of given and of unknown length, and long numbers.
    inputs.extend(["A", "MIAw", "MAAw", "MIQA", "gICA", "AgEB", "oIAw", "//8=", "a: b\n", "\n"].map(block));
    inputs.extend(filled(&[(
        "-----BEGIN CERTIFICATE-----\nMIQAD///MIQAD///",
        "MIIB",
        "\n-----END CERTIFICATE-----\n",
    )]));
    inputs
}

pub(super) fn url_inputs() -> Vec<String> {
    let mut inputs = repeated(&["a", "/", ":", "%", "%41", "?", "#", "@", "[", "a:", "//", "\\", "é", ".", "1.", " "]);
    inputs.extend(filled(&[
        ("http://", "%41", "/"),
        ("http://", "a@", "b"),
        ("http://[", ":", "]"),
        ("http://a:", "1", ""),
        ("http://", "1.", "1"),
    ]));
    inputs
}

pub(super) fn settings_inputs() -> Vec<String> {
    let mut inputs =
        repeated(&["[", "a.", "a=1\n", "[a]\n", "[[a]]\n", "a=[", "a={b=", "\"", "#", "=", "é", "\n", "[levels.a]\n"]);
    inputs.extend(filled(&[
        ("exclude = [", "\"a\", ", "\"b\"]"),
        ("exclude = [\"", "**/", "\"]"),
        ("exclude = [\"", "[", "\"]"),
        ("a = ", "[", ""),
        ("a = ", "1", ""),
    ]));
    inputs.push((0..LENGTH / 20).map(|number| format!("levels.DK{number:06} = \"off\"\n")).collect());
    inputs
}

pub(super) fn ir_inputs() -> Vec<String> {
    let mut inputs =
        repeated(&["(", ")", "\"", "(expr ", "%0 ", "a ", ";", "\\", "(expr %0 (root))\n", "1", "-", "é", "\n"]);
    inputs.extend(nested(&[("(", ")"), ("(expr %0 ", ")")]));
    inputs.push((0..LENGTH / 36).map(|number| format!("(expr %{number} (const \"{number:08}\"))\n")).collect());
    inputs.push((1..LENGTH / 36).map(|number| format!("(expr %{number} (flatten %{}))\n", number - 1)).collect());
    inputs
}
