//! Texts and documents with variables, as JSON.

use super::chance::Random;
use super::document::{SCALARS, quoted};
use super::expression::Expressions;

/// A document with variables in its texts and keys.
pub(super) fn document(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 4 } else { 7 }) {
        0 => random.pick(&SCALARS).to_owned(),
        1..=3 => quoted(&text(random)),
        4 => {
            let items: Vec<String> = (0..1 + random.below(3)).map(|_| document(random, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        _ => {
            let members: Vec<String> = (0..1 + random.below(3))
                .map(|position| {
                    let key = if random.one_in(6) { key(random) } else { format!("k{position}") };
                    format!("{}:{}", quoted(&key), document(random, depth - 1))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

fn text(random: &mut Random) -> String {
    match random.below(12) {
        0 => format!("a-{}", variable(random)),
        1 => format!("{}:{}", variable(random), variable(random)),
        2 => format!("x {} y", variable(random)),
        3 => "{{ labels.\"{{ mode }}\" || name }}".to_owned(),
        4 => "{{ containers[{{ count }}].name || 'none' }}".to_owned(),
        5 => "{{ length('{{ name }}') }}".to_owned(),
        6 => "{{ \"{{ name }}\" }}".to_owned(),
        7 => format!("\\{{{{ name }}}} {}", variable(random)),
        8 => "{{ request.object.metadata.name || name }}".to_owned(),
        9 => "plain".to_owned(),
        _ => variable(random),
    }
}

fn variable(random: &mut Random) -> String {
    format!("{{{{ {} }}}}", Expressions { random, base: "" }.any(3))
}

fn key(random: &mut Random) -> String {
    let prefix = random.pick(&["", "k-"]);
    format!("{prefix}{{{{ {} }}}}", Expressions { random, base: "" }.text(1))
}
