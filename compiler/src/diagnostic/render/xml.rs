//! Text in XML 1.0.

/// A text as it stands in an element or between the double quotes of an attribute. Characters that XML does not have at all
/// are left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars().filter(|character| is_allowed(*character)) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // readers make spaces of them in attributes
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            other => out.push(other),
        }
    }
    out
}

/// `Char` of the XML 1.0 grammar.
fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_does_not_have_is_left_out() {
        assert_eq!(escape("a<b>&\"c'\n\t\r"), "a&lt;b&gt;&amp;&quot;c'&#10;&#9;&#13;");
        assert_eq!(escape("\0\u{1}\u{1b}x\u{fffe}\u{ffff}\u{fffd}\u{10ffff}é"), "x\u{fffd}\u{10ffff}é");
    }
}
