use super::*;

fn refusal(expression: &str) -> String {
    GoRegex::compile(expression).map_or_else(|error| error.to_string(), |_| "compiles".to_owned())
}

#[test]
fn matching_is_that_of_go() {
    let cases = [
        (r"^\d+$", "42", true),
        (r"^\d+$", "٤٢", false),
        (r"^\w$", "é", false),
        (r"\bé", "é", false),
        (r"\s", "\u{b}", false),
        (r"\s", "\u{c}", true),
        (r"a.b", "a\nb", false),
        (r"(?s)a.b", "a\nb", true),
        (r"^b$", "a\nb", false),
        (r"(?m)^b$", "a\nb", true),
        (r"[a&&b]", "&", true),
        (r"[[a]", "[", true),
        (r"[]a]", "]", true),
        (r"[^]a]", "]", false),
        (r"[a-c-e]", "-", true),
        (r"[\d-z]", "-", true),
        (r"[[:^alpha:]]", "a", false),
        (r"[:alpha:]", "p", true),
        (r"\Qa.b\E+", "a.bbb", true),
        (r"\Qa.b", "axb", false),
        (r"\p{Greek}", "α", true),
        (r"\p{greek}", "α", true),
        (r"\p{^Greek}", "α", false),
        (r"\P{^Greek}", "α", true),
        (r"\pL", "é", true),
        (r"\p{Letter}", "é", true),
        (r"\x{e9}\x61\141", "éaa", true),
        (r"\_\-\/", "_-/", true),
        (r"a{,2}", "a{,2}", true),
        (r"a{2", "a{2", true),
        (r"(?i)k", "\u{212a}", true),
        (r"(?i:a)b", "AB", false),
        (r"(?i)a|(?-i)b", "B", false),
        (r"x|(?i)a|b", "B", true),
        (r"(?P<n>a)(?P<n>b)", "ab", true),
        (r"(?<1x>a)", "a", true),
        (r"^*a", "a", true),
        (r"a(?i)*", "", true),
        (r"(|a)*", "b", true),
        (r"\x{D800}", "\u{fffd}", false),
        (r"[^\x{D800}]", "a", true),
        (r"\B", "ab", true),
    ];
    for (expression, text, matches) in cases {
        let regex = GoRegex::compile(expression).unwrap();
        assert_eq!(regex.is_match(text), matches, "{expression} on {text:?}");
    }
}

#[test]
fn refusals_have_go_s_words() {
    let cases = [
        ("(", "missing closing ): `(`"),
        ("a)", "unexpected ): `a)`"),
        ("[a", "missing closing ]: `[a`"),
        ("[b-a]", "invalid character class range: `b-a`"),
        ("[a--b]", "invalid character class range: `a--`"),
        ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        (r"\p{Nope}", r"invalid character class range: `\p{Nope}`"),
        (r"\p{Alphabetic}", r"invalid character class range: `\p{Alphabetic}`"),
        (r"\p", r"invalid character class range: `\p`"),
        (r"\pé", r"invalid character class range: `\pé`"),
        (r"[a-\d]", r"invalid escape sequence: `\d`"),
        (r"[\b]", r"invalid escape sequence: `\b`"),
        (r"a\Z", r"invalid escape sequence: `\Z`"),
        (r"(a)\1", r"invalid escape sequence: `\1`"),
        (r"\u0061", r"invalid escape sequence: `\u`"),
        (r"\xg1", r"invalid escape sequence: `\xg1`"),
        (r"\x{110000}", r"invalid escape sequence: `\x{110000`"),
        (r"\x{}", r"invalid escape sequence: `\x{}`"),
        (r"a\", "trailing backslash at end of expression: ``"),
        ("(?<=a)", "invalid named capture: `(?<=a)`"),
        ("(?<é>a)", "invalid named capture: `(?<é>`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?x) a", "invalid or unsupported Perl syntax: `(?x`"),
        ("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`"),
        ("(?", "invalid or unsupported Perl syntax: `(?`"),
        ("a++", "invalid nested repetition operator: `++`"),
        ("a{2}??", "invalid nested repetition operator: `{2}??`"),
        ("a|*", "missing argument to repetition operator: `*`"),
        ("(?i)*?", "missing argument to repetition operator: `*?`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{2,1}", "invalid repeat count: `{2,1}`"),
        ("((a{10}){10}){11}", "invalid repeat count: `{11}`"),
    ];
    for (expression, message) in cases {
        assert_eq!(refusal(expression), format!("error parsing regexp: {message}"));
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(refusal(&nested(200)), "compiles");
    assert!(refusal(&nested(2000)).contains("nests too deeply"));
    let grouped = |depth: usize| format!("{}a{}", "(?:".repeat(depth), ")".repeat(depth));
    assert_eq!(refusal(&grouped(2_000)), "compiles");
    assert!(refusal(&grouped(20_000)).contains("too large"));
    assert!(refusal(&r"\pL{1000}".repeat(20)).contains("too large"));
}

#[test]
fn replacements_refer_to_groups() {
    let cases = [
        ("(a)(b)", "abab", "$2$1", "baba"),
        ("(a)b", "ab", "$1x", ""),
        ("(a)b", "ab", "${1}x", "ax"),
        ("(?P<x>a)", "abab", "[$x]", "[a]b[a]b"),
        ("(?P<n>a)|(?P<n>b)", "ab", "<$n>", "<a><b>"),
        ("a", "abab", "$$", "$b$b"),
        ("a", "ab", "$", "$b"),
        ("a", "ab", "${", "${b"),
        ("a", "ab", "$ {1}", "$ {1}b"),
        ("a", "ab", "$9$01", "b"),
        ("a*", "baac", "-", "-b-c-"),
        ("", "éa", "-", "-é-a-"),
        ("x*", "", "-", "-"),
    ];
    for (expression, text, replacement, result) in cases {
        let regex = GoRegex::compile(expression).unwrap();
        assert_eq!(
            regex.replace_all(text, replacement).as_deref(),
            Ok(result),
            "{expression} in {text} by {replacement}"
        );
    }
    assert_eq!(GoRegex::compile("(a)").unwrap().replace_all_literal("ab", "$1").unwrap(), "$1b");
    let long = "a".repeat(1 << 16);
    assert!(GoRegex::compile("a").unwrap().replace_all(&long, &long).is_err());
    assert!(GoRegex::compile(".*").unwrap().replace_all(&long, &"$0".repeat(1 << 16)).is_err());
}

#[test]
fn generated_texts_match() {
    let state = std::cell::Cell::new(7u64);
    let random_below = |bound: u64| {
        state.set(state.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        (state.get() >> 33) % bound
    };
    for expression in ["[a-z0-9]{6}", "[[:alpha:]]+", "(foo|bar)-[^a-z]?", "x{2,3}.", r"\.\x41", "(ab?){2}"] {
        let text = Generator::parse(expression).unwrap().generate(&random_below).unwrap();
        let anchored = GoRegex::compile(&format!("^(?s:{expression})$")).unwrap();
        assert!(anchored.is_match(&text), "{expression} gave {text:?}");
    }
}

#[test]
fn every_character_of_a_class_can_come() {
    let one = |expression: &str, at: u64| Generator::parse(expression).unwrap().generate(&|_| at).unwrap();
    assert_eq!((one("[a-cx]", 0), one("[a-cx]", 2), one("[a-cx]", 3)), ("a".into(), "c".into(), "x".into()));
    // What no character has as its number is left out of a range.
    let (before, behind) = (one("[\u{d7ff}-\u{e000}]", 0), one("[\u{d7ff}-\u{e000}]", 1));
    assert_eq!((before.as_str(), behind.as_str()), ("\u{d7ff}", "\u{e000}"));
}

#[test]
fn generators_know_no_perl_syntax() {
    for (expression, message) in [
        ("(?i)a", "missing argument to repetition operator: `?`"),
        (r"\d", r"invalid escape sequence: `\d`"),
        ("[a-b-c]", "invalid character class range: `-c`"),
        ("[", "missing closing ]: `[`"),
    ] {
        let error = Generator::parse(expression).unwrap_err();
        assert_eq!(error.to_string(), format!("error parsing regexp: {message}"));
    }
    assert!(Generator::parse("((a*)*)*").unwrap().generate(&|bound| bound - 1).is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_compiles_or_errs(expression in r"[-a-c()\[\]|*+?{},0-9^$\\.:iPpLdQExéß<>]{0,24}") {
        let _ = GoRegex::compile(&expression).map_err(|error| error.to_string());
        let _ = Generator::parse(&expression);
    }
}
