//! The table of the IR, row by row.

use dikast_compiler::ir::Builder;
use dikast_compiler::ir::{Comparison, Expr, ExprId, Ordering, Recovery, Shape};
use dikast_stdlib::Value;
use dikast_stdlib::functions::{Isolated, find};

use super::{Budget, Fault, Interpreter, QueryCache};
use crate::context::Context;
use crate::data::FixedData;
use crate::engine::World;

fn value(json: &str) -> Value {
    serde_json::from_str::<Value>(json).unwrap().to_floats()
}

/// The outcome of an expression asked of a context.
fn run(context: &str, build: impl FnOnce(&mut Make) -> ExprId) -> Result<Value, Fault> {
    let mut make = Make(Builder::new());
    let expr = build(&mut make);
    let program = make.0.finish();
    let context = Context::of_document(value(context));
    let (data, queries, budget) = (FixedData::new(), QueryCache::default(), Budget::default());
    let world = World { data: &data, environment: &Isolated::EPOCH };
    Interpreter::new(&program, &context, world, &queries, &budget).substitute(expr)
}

/// Short names for nodes.
struct Make(Builder);

impl Make {
    fn push(&mut self, expr: Expr) -> ExprId {
        self.0.push(expr, None)
    }

    fn json(&mut self, json: &str) -> ExprId {
        self.0.value(value(json), None)
    }

    fn variable(&mut self, name: &str) -> ExprId {
        let name = self.0.name(name);
        self.push(Expr::Variable(name))
    }

    fn member(&mut self, of: ExprId, name: &str) -> ExprId {
        let name = self.0.name(name);
        self.push(Expr::Member { of, name })
    }

    fn recover(&mut self, recovery: Recovery, of: ExprId) -> ExprId {
        self.push(Expr::Recover { recovery, of })
    }
}

fn missing(key: &str) -> Result<Value, Fault> {
    Err(Fault::Missing(key.into()))
}

#[test]
fn members_are_missing_in_objects_and_null_below_anything_else() {
    let of = |context: &str, name: &'static str| {
        run(context, |make| {
            let a = make.variable("a");
            make.member(a, name)
        })
    };
    assert_eq!(of(r#"{"a":{"b":1}}"#, "b"), Ok(value("1")));
    assert_eq!(of(r#"{"a":{"b":1}}"#, "c"), missing("c"));
    assert_eq!(of(r#"{"a":null}"#, "c"), Ok(Value::Null));
    assert_eq!(of(r#"{"a":[{"c":1}]}"#, "c"), Ok(Value::Null));
    assert_eq!(of("{}", "c"), missing("a"));
}

#[test]
fn recovery_covers_what_it_says() {
    let recovered = |recovery| {
        run(r#"{"a":{}}"#, |make| {
            let a = make.variable("a");
            let member = make.member(a, "x");
            make.recover(recovery, member)
        })
    };
    assert_eq!(recovered(Recovery::Missing), Ok(Value::Null));
    assert_eq!(recovered(Recovery::Error), Ok(Value::Null));
    let failed = |recovery| {
        run("{}", |make| {
            let fail = make.0.fail("no", None);
            make.recover(recovery, fail)
        })
    };
    assert_eq!(failed(Recovery::Missing), Err(Fault::error("no")));
    assert_eq!(failed(Recovery::Error), Ok(Value::Null));
}

#[test]
fn lists_are_walked_element_by_element() {
    let each = |context: &str| {
        run(context, |make| {
            let of = make.variable("l");
            let current = make.push(Expr::Current);
            let body = make.member(current, "n");
            make.push(Expr::Each { of, body })
        })
    };
    assert_eq!(each(r#"{"l":[{"n":1},{"m":2},{"n":null},3]}"#), Ok(value("[1]")));
    assert_eq!(each(r#"{"l":{"n":1}}"#), Ok(Value::Null));
    let filter = run(r#"{"l":[{"n":0},{"m":2},{"n":""}]}"#, |make| {
        let of = make.variable("l");
        let current = make.push(Expr::Current);
        let condition = make.member(current, "n");
        make.push(Expr::Filter { of, condition })
    });
    assert_eq!(filter, Ok(value(r#"[{"n":0}]"#)));
    let flat = run(r#"{"l":[[1],2,[[3]]]}"#, |make| {
        let of = make.variable("l");
        make.push(Expr::Flatten(of))
    });
    assert_eq!(flat, Ok(value("[1,2,[3]]")));
}

#[test]
fn parts_of_lists_are_taken_as_in_python() {
    let slice = |start, stop, step| {
        run(r#"{"l":[0,1,2,3,4]}"#, |make| {
            let of = make.variable("l");
            make.push(Expr::Slice { of, start, stop, step })
        })
        .unwrap()
    };
    assert_eq!(slice(Some(1), Some(3), None), value("[1,2]"));
    assert_eq!(slice(None, None, Some(-1)), value("[4,3,2,1,0]"));
    assert_eq!(slice(Some(-2), None, None), value("[3,4]"));
    assert_eq!(slice(Some(10), Some(-10), Some(-2)), value("[4,2,0]"));
    assert_eq!(slice(Some(i64::MIN), Some(i64::MAX), Some(i64::MAX)), value("[0]"));
    let index = |position| {
        run(r#"{"l":[0,1]}"#, |make| {
            let of = make.variable("l");
            make.push(Expr::Index { of, position })
        })
        .unwrap()
    };
    assert_eq!((index(-1), index(2), index(-3)), (value("1"), Value::Null, Value::Null));
}

#[test]
fn operands_decide_without_each_other() {
    let or = |left: &str| {
        run("{}", |make| {
            let left = make.json(left);
            let right = make.variable("missing");
            make.push(Expr::Or { left, right })
        })
    };
    assert_eq!(or("0"), Ok(value("0")));
    assert_eq!(or(r#""""#), missing("missing"));
    let less = |left: Value| {
        run("{}", |make| {
            let left = make.0.value(left, None);
            let right = make.json("2");
            make.push(Expr::Compare { comparison: Comparison::Numbers(Ordering::Less), left, right })
        })
    };
    assert_eq!(less(Value::Float(1.0)), Ok(Value::Bool(true)));
    assert_eq!(less(Value::Int(1)), Ok(Value::Null));
}

#[test]
fn lambdas_see_their_element_and_the_root() {
    let sorted = run(r#"{"k":"n","l":[{"n":2},{"n":1}]}"#, |make| {
        let list = make.variable("l");
        let current = make.push(Expr::Current);
        let name = make.variable("k");
        let body = make.push(Expr::MemberOf { of: current, name });
        let lambda = make.push(Expr::Lambda(body));
        let function = find("sort_by").unwrap();
        make.push(Expr::Call { function, arguments: vec![list, lambda] })
    });
    assert_eq!(sorted, Ok(value(r#"[{"n":1},{"n":2}]"#)));
}

#[test]
fn variables_name_themselves_and_their_path_in_errors() {
    let resolve = |context: &str| {
        run(context, |make| {
            let request = make.variable("request");
            let on_delete = make.member(request, "oldObject");
            let query = make.member(request, "object");
            let (text, path) = (make.0.name("request.object"), make.0.name("/a"));
            let inner = make.push(Expr::Resolve { query, on_delete: Some(on_delete), loads: vec![], text, path });
            make.recover(Recovery::Error, inner)
        })
    };
    let error = |message: &str| resolve(message).unwrap_err().to_string();
    assert_eq!(
        error(r#"{"request":{}}"#),
        "failed to resolve request.object at path /a: JMESPath query failed: Unknown key \"object\" in path"
    );
    assert_eq!(
        error(r#"{"request":{"operation":"DELETE"}}"#),
        "failed to resolve request.oldObject at path /a: JMESPath query failed: Unknown key \"oldObject\" in path"
    );
    assert_eq!(resolve(r#"{"request":{"operation":"DELETE","oldObject":1}}"#), Ok(value("1")));
}

#[test]
fn texts_are_put_together_and_values_become_json() {
    let text = run(r#"{"v":{"b":[1,null],"a":"<"}}"#, |make| {
        let (before, value) = (make.json("\"v: \""), make.variable("v"));
        make.push(Expr::Text { parts: vec![before, value], otherwise: None })
    });
    assert_eq!(text, Ok(Value::text(r#"v: {"a":"\u003c","b":[1,null]}"#)));
}

#[test]
fn shortcuts_hold_only_for_results_of_their_shape() {
    let run = |context: &str| {
        run(context, |make| {
            let (list, position) = (make.variable("l"), make.variable("n"));
            let then = make.push(Expr::IndexOf { of: list, position });
            let otherwise = make.json("\"otherwise\"");
            make.push(Expr::Shortcut { guards: vec![(position, Shape::Position)], then, otherwise })
        })
    };
    assert_eq!(run(r#"{"l":["a","b"],"n":1}"#), Ok(Value::text("b")));
    assert_eq!(run(r#"{"l":["a","b"],"n":"-1"}"#), Ok(Value::text("b")));
    for context in [r#"{"l":["a"],"n":"0]"}"#, r#"{"l":["a"],"n":0.5}"#, r#"{"l":["a"]}"#, r#"{"n":0}"#] {
        assert_eq!(run(context), Ok(Value::text("otherwise")), "{context}");
    }
}

#[test]
fn texts_that_may_form_variables_are_left_to_the_general_way() {
    let joined = |a: &str| {
        run(&format!(r#"{{"a":{a}}}"#), |make| {
            let (before, a) = (make.json("\"x{\""), make.variable("a"));
            let otherwise = make.json("\"otherwise\"");
            make.push(Expr::Text { parts: vec![before, a], otherwise: Some(otherwise) })
        })
        .unwrap()
    };
    assert_eq!(joined("\"y\""), Value::text("x{y"));
    for result in ["\"{y\"", "\"{{y}}\"", "\"y{\"", r#""\\""#, "{}"] {
        assert_eq!(joined(result), Value::text("otherwise"), "{result}");
    }
}

#[test]
fn nesting_has_a_bound() {
    let deep = run("{}", |make| {
        let mut expr = make.json("true");
        for _ in 0..100_000 {
            expr = make.push(Expr::Not(expr));
        }
        expr
    });
    assert!(deep.unwrap_err().to_string().contains("nest deeper"));
}
