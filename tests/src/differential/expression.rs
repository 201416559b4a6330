//! Expressions with types: what is asked of a member suits what the member holds, most of the time.

use super::chance::Random;
use super::document::{LISTS, NUMBERS, TEXTS};

/// Makes expressions whose members stand below `base`, which is empty or ends with a dot.
pub(super) struct Expressions<'r> {
    pub(super) random: &'r mut Random,
    pub(super) base: &'r str,
}

impl Expressions<'_> {
    /// An expression of any type.
    pub(super) fn any(&mut self, depth: usize) -> String {
        match self.random.below(12) {
            0 | 1 => self.text(depth),
            2 => self.number(depth),
            3 | 4 => self.truth(depth),
            5 | 6 => self.texts(depth),
            7 | 8 => self.objects(depth),
            9 => self.object(depth),
            _ => self.other(depth),
        }
    }

    /// An expression of another type than is wanted, now and then.
    fn astray(&mut self, depth: usize) -> Option<String> {
        (depth > 0 && self.random.one_in(25)).then(|| self.any(depth - 1))
    }

    fn member(&mut self, names: &[&str]) -> String {
        format!("{}{}", self.base, self.random.pick(names))
    }

    /// An expression asked of what another gave.
    fn below(&mut self, make: impl FnOnce(&mut Expressions<'_>) -> String) -> String {
        make(&mut Expressions { random: &mut *self.random, base: "" })
    }

    fn literal_text(&mut self) -> String {
        let text = self.random.pick(&["a", "ab", "web", "nginx", ":", "-", "1", "", "latest", "a,b", "app"]);
        format!("'{text}'")
    }

    /// Text.
    pub(super) fn text(&mut self, depth: usize) -> String {
        let base = self.base;
        if let Some(other) = self.astray(depth) {
            return other;
        }
        if depth == 0 {
            return match self.random.below(6) {
                0 => self.literal_text(),
                1 => format!("{}labels.app", base),
                2 => format!("{}limits.memory", base),
                _ => self.member(&TEXTS),
            };
        }
        let depth = depth - 1;
        match self.random.below(26) {
            0 => format!("to_upper({})", self.text(depth)),
            1 => format!("to_lower({})", self.text(depth)),
            2 => format!("trim({}, {})", self.text(depth), self.literal_text()),
            3 => format!("replace_all({}, {}, {})", self.text(depth), self.literal_text(), self.literal_text()),
            4 => format!("join('{}', {})", self.random.pick(&[",", "", " - "]), self.texts(depth)),
            5 => format!("to_string({})", self.any(depth)),
            6 => format!("split({}, ':')[{}]", self.text(depth), self.position()),
            7 => format!("truncate({}, `{}`)", self.text(depth), self.random.below(4)),
            8 => format!("base64_decode(base64_encode({}))", self.text(depth)),
            9 | 10 => format!("({} || {})", self.text(depth), self.text(depth)),
            11 => format!("({} && {})", self.truth(depth), self.text(depth)),
            12 => format!("{}[{}]", self.texts(depth), self.position()),
            13 => format!("regex_replace_all('{}', {}, 'x$1')", self.regex(), self.text(depth)),
            14 => format!("{}containers[{}].{}", base, self.position(), self.random.pick(&TEXTS)),
            15 => format!("add({}, {})", self.quantity(), self.quantity()),
            16 => format!("subtract({}, {})", self.duration(), self.duration()),
            17 => format!("type({})", self.any(depth)),
            18 => format!("{} | @", self.text(depth)),
            19 => format!("not_null({}, {})", self.text(depth), self.text(depth)),
            20 => format!("path_canonicalize({})", self.text(depth)),
            21 => format!("trim_prefix({}, {})", self.text(depth), self.literal_text()),
            22 => format!("max({})", self.texts(depth)),
            23 => format!("{}labels.\"{}\"", base, self.random.pick(&["app", "tier", "app.kubernetes.io/name"])),
            24 => format!("time_add({}started, {})", base, self.duration()),
            _ => self.text(0),
        }
    }

    /// A number.
    pub(super) fn number(&mut self, depth: usize) -> String {
        let base = self.base;
        if let Some(other) = self.astray(depth) {
            return other;
        }
        if depth == 0 {
            return match self.random.below(3) {
                0 => format!("`{}`", self.random.pick(&["0", "1", "2.5", "5", "80", "-1"])),
                _ => self.member(&NUMBERS),
            };
        }
        let depth = depth - 1;
        match self.random.below(16) {
            0 => format!("length({})", self.texts(depth)),
            1 => format!("length({})", self.objects(depth)),
            2 => format!("length({})", self.text(depth)),
            3..=6 => {
                let function = self.random.pick(&["add", "subtract", "multiply", "divide", "modulo"]);
                format!("{function}({}, {})", self.number(depth), self.number(depth))
            }
            7 => format!("to_number({})", self.text(depth)),
            8 => format!("{}({})", self.random.pick(&["abs", "ceil", "floor"]), self.number(depth)),
            9 => format!("{}({}ports)", self.random.pick(&["sum", "max", "min", "avg"]), base),
            10 => format!("sum({}[].count)", self.objects(depth)),
            11 => format!("round({}, `1`)", self.number(depth)),
            12 => format!("divide({}, {})", self.quantity(), self.quantity()),
            13 => format!("({} || {})", self.number(depth), self.number(depth)),
            14 => format!("{}ports[{}]", base, self.position()),
            _ => format!("length(keys({}labels))", base),
        }
    }

    /// A truth value.
    pub(super) fn truth(&mut self, depth: usize) -> String {
        let base = self.base;
        if let Some(other) = self.astray(depth) {
            return other;
        }
        if depth == 0 {
            return match self.random.below(3) {
                0 => format!("{}active", base),
                1 => format!("{} == {}", self.member(&TEXTS), self.literal_text()),
                _ => format!("{} > `1`", self.member(&NUMBERS)),
            };
        }
        let depth = depth - 1;
        match self.random.below(22) {
            0 | 1 => format!("({} {} {})", self.text(depth), self.random.pick(&["==", "!="]), self.text(depth)),
            2 | 3 => {
                let comparator = self.random.pick(&["<", "<=", ">", ">=", "==", "!="]);
                format!("({} {comparator} {})", self.number(depth), self.number(depth))
            }
            4 => format!("contains({}, {})", self.text(depth), self.literal_text()),
            5 => format!("contains({}, {})", self.texts(depth), self.text(depth)),
            6 => format!("starts_with({}, {})", self.text(depth), self.literal_text()),
            7 => format!("ends_with({}, {})", self.text(depth), self.text(depth)),
            8 => format!("!{}", self.parenthesised(depth)),
            9 => format!("({} && {})", self.truth(depth), self.truth(depth)),
            10 => format!("({} || {})", self.truth(depth), self.truth(depth)),
            11 => format!("regex_match('{}', {})", self.regex(), self.text(depth)),
            12 => {
                let pattern = self.random.pick(&["a*", "*:latest", "?*", "nginx*|busybox", "!a*", ">=5"]);
                format!("pattern_match('{pattern}', {})", self.text(depth))
            }
            13 => format!("equal_fold({}, {})", self.text(depth), self.text(depth)),
            14 => format!("({} == {})", self.texts(depth), self.texts(depth)),
            15 => format!("semver_compare({}version, '>=1.2.0')", base),
            16 => format!("time_before({0}started, '2023-06-01T00:00:00Z')", base),
            17 => format!("to_boolean({}mode)", base),
            18 => {
                format!("({} == `{}`)", self.any(depth), self.random.pick(&["null", "true", "[]", "\"a\"", "5", "{}"]))
            }
            19 => format!("contains({}ports, {})", base, self.number(depth)),
            20 => format!("label_match({}labels, {}labels)", base, base),
            _ => format!("({}).active", self.object(depth)),
        }
    }

    fn parenthesised(&mut self, depth: usize) -> String {
        format!("({})", self.any(depth))
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, depth: usize) -> String {
        let base = self.base;
        if let Some(other) = self.astray(depth) {
            return other;
        }
        let member = self.random.pick(&TEXTS);
        if depth == 0 {
            return match self.random.below(3) {
                0 => format!("{}tags", base),
                1 => format!("{}{}[].{member}", base, self.random.pick(&LISTS)),
                _ => format!("{}{}[*].{member}", base, self.random.pick(&LISTS)),
            };
        }
        let depth = depth - 1;
        match self.random.below(22) {
            0 => format!("{}[].{member}", self.objects(depth)),
            1 => format!("sort({})", self.texts(depth)),
            2 => format!("reverse({})", self.texts(depth)),
            3 => format!("keys({}labels) | sort(@)", base),
            4 => format!("values({}labels)", base),
            5 => format!("{}labels.*", base),
            6 => format!("[{}, {}]", self.text(depth), self.text(depth)),
            7 => format!("split({}, {})", self.text(depth), self.literal_text()),
            8 => {
                let body = self.random.pick(&["to_upper(@)", "@", "length(@)", "split(@, 'a')"]);
                format!("map(&{body}, {})", self.texts(depth))
            }
            9 => format!("{}[?contains(@, {})]", self.texts(depth), self.literal_text()),
            10 => format!("{}[{}]", self.texts(depth), self.slice()),
            11 => {
                let condition = self.below(|below| below.truth(1));
                format!("{}{}[?{condition}].{member}", base, self.random.pick(&LISTS))
            }
            12 => format!("[{}, {}][]", self.texts(depth), self.texts(depth)),
            13 => format!("{}containers[].tags[]", base),
            14 => format!("{}containers[*].tags | []", base),
            15 => format!("{}containers[*].containers[*].{member}", base),
            16 => {
                let body = self.below(|below| below.text(1));
                format!("{}[*].[{body}][]", self.objects(depth))
            }
            17 => format!("{}[*].[{member}, mode][]", self.objects(depth)),
            18 => format!("to_array({})", self.text(depth)),
            19 => format!("({} || {})", self.texts(depth), self.texts(depth)),
            20 => {
                let body = self.below(|below| below.text(1));
                format!("map(&{body}, {})", self.objects(depth))
            }
            _ => format!("{}[?@ != {}]", self.texts(depth), self.literal_text()),
        }
    }

    /// A list of objects.
    fn objects(&mut self, depth: usize) -> String {
        let base = self.base;
        if let Some(other) = self.astray(depth) {
            return other;
        }
        let list = self.random.pick(&LISTS);
        if depth == 0 {
            return format!("{}{list}", base);
        }
        let depth = depth - 1;
        match self.random.below(12) {
            0 => format!("[{0}containers, {0}initContainers][]", base),
            1 | 2 => {
                let condition = self.below(|below| below.truth(1));
                format!("{}{list}[?{condition}]", base)
            }
            3 => format!("sort_by({}, &{})", self.objects(depth), self.random.pick(&TEXTS)),
            4 => format!("{}[{}]", self.objects(depth), self.slice()),
            5 => {
                let first = self.below(|below| below.text(1));
                let second = self.below(|below| below.any(1));
                format!("{}[*].{{n: {first}, m: {second}}}", self.objects(depth))
            }
            6 => format!("items({}labels, 'k', 'v')", base),
            7 => format!("{}containers[].containers[]", base),
            8 => format!("reverse({})", self.objects(depth)),
            9 => format!("({} || {})", self.objects(depth), self.objects(depth)),
            10 => format!("{} | [?name]", self.objects(depth)),
            _ => format!("{}{list}", base),
        }
    }

    /// An object.
    fn object(&mut self, depth: usize) -> String {
        let base = self.base;
        if depth == 0 {
            return format!("{}{}", base, self.random.pick(&["labels", "limits"]));
        }
        let depth = depth - 1;
        match self.random.below(7) {
            0 => format!("{}[{}]", self.objects(depth), self.position()),
            1 => format!("{{a: {}, b: {}}}", self.any(depth), self.any(depth)),
            2 => format!("merge({}, {})", self.object(depth), self.object(depth)),
            3 => {
                let function = self.random.pick(&["max_by", "min_by"]);
                format!("{function}({}, &{})", self.objects(depth), self.random.pick(&["count", "name", "ratio"]))
            }
            4 => format!("({} || {})", self.object(depth), self.object(depth)),
            5 => format!("object_from_lists({}, {})", self.texts(depth), self.texts(depth)),
            _ => format!("{}labels", base),
        }
    }

    /// Something of no particular type.
    fn other(&mut self, depth: usize) -> String {
        let base = self.base;
        if depth == 0 {
            return format!("{}missing", base);
        }
        let depth = depth - 1;
        match self.random.below(10) {
            0 => format!("`{}`", self.random.pick(&["null", "[1, \"a\"]", "{\"a\": 1}", "true", "\"x\""])),
            1 => {
                let body = self.below(|below| below.any(1));
                format!("{} | {body}", self.object(depth))
            }
            2 => format!("parse_json(to_string({}))", self.any(depth)),
            3 => format!("{}limits.*", base),
            4 => format!("[{}, {}]", self.any(depth), self.any(depth)),
            5 => format!("{}[]", self.parenthesised(depth)),
            6 => format!("{}[{}]", self.parenthesised(depth), self.position()),
            7 => format!("lookup({}, {})", self.object(depth), self.text(depth)),
            8 => format!("{}.{}", self.parenthesised(depth), self.random.pick(&TEXTS)),
            _ => format!("{}ports[?@ > `80`]", base),
        }
    }

    fn position(&mut self) -> &'static str {
        self.random.pick(&["0", "1", "-1", "2", "0"])
    }

    fn slice(&mut self) -> &'static str {
        self.random.pick(&[":1", "1:", "::-1", "-2:", "0:3:2", ":"])
    }

    fn regex(&mut self) -> &'static str {
        self.random.pick(&["a", "^(a|b).*", "[0-9]+", "(n)ginx", ".*:latest$"])
    }

    fn quantity(&mut self) -> String {
        let base = self.base;
        match self.random.below(3) {
            0 => format!("{}limits.cpu", base),
            1 => format!("{}limits.memory", base),
            _ => format!("'{}'", self.random.pick(&["100m", "1", "1Gi", "512Mi", "0"])),
        }
    }

    fn duration(&mut self) -> String {
        let base = self.base;
        match self.random.below(2) {
            0 => format!("{}timeout", base),
            _ => format!("'{}'", self.random.pick(&["1h", "15m", "1h30m", "0s"])),
        }
    }
}
