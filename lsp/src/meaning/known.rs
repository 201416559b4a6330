//! What is known of the values of expressions.

use std::cell::Cell;
use std::rc::Rc;

use dikast_compiler::schema::{Field, Found, Graph, Schemas, Type, TypeId};
use dikast_grammar::jmespath::{self, Ast, Node as Part, Projector};
use dikast_grammar::yaml::Node;

use super::{Scope, entry_source};
use crate::syntax::Expression;

/// How many definitions are followed from one to another.
const MOST_DEFINITIONS: usize = 8;

/// How many parts of expressions are looked at for one question: definitions that name others many times over would
/// otherwise take forever.
const MOST_STEPS: u32 = 20_000;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Known {
    /// Nothing.
    Nothing,
    /// It is the document that expressions are asked of: what it holds depends on the rule.
    Context,
    /// It is `request`.
    Request,
    /// It has one of these types of the API, one for each kind of object.
    Api(Vec<TypeId>),
    /// It is a list.
    List(Box<Known>),
    /// It is an object that the expression makes.
    Object(Vec<(String, Known)>),
    /// It is no object and no list.
    Scalar(&'static str),
}

/// A member that an object of the API can have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'s> {
    /// Its name.
    pub(crate) name: &'s str,
    /// The field, of one of the types that have it.
    pub(crate) field: &'s Field,
}

/// What values are known from: the types of the API and the rule around a place.
#[derive(Clone)]
pub(crate) struct World<'w> {
    /// The types.
    pub(crate) schemas: &'w Schemas,
    /// The rule.
    pub(crate) scope: &'w Scope<'w>,
    depth: usize,
    steps: Rc<Cell<u32>>,
}

impl<'w> World<'w> {
    /// What is known at a place.
    pub(crate) fn new(schemas: &'w Schemas, scope: &'w Scope<'w>) -> Self {
        Self { schemas, scope, depth: 0, steps: Rc::default() }
    }

    fn graph(&self) -> &'w Graph {
        self.schemas.graph()
    }

    /// The types of the objects that the rule is about.
    pub(crate) fn objects(&self) -> Known {
        let mut types = Vec::new();
        for kind in self.scope.kinds() {
            match self.schemas.find(kind) {
                Found::Kinds(found) => types.extend(found.iter().map(|kind| kind.ty)),
                // A kind that is not known may have any field.
                _ => return Known::Nothing,
            }
        }
        types.dedup();
        Known::api(types)
    }

    /// What the word of an expression is asked of.
    pub(crate) fn asked_of(&self, expression: &Expression) -> Known {
        self.locate(expression.ast(), &Known::Context).unwrap_or(Known::Nothing)
    }

    /// A variable of the context.
    pub(crate) fn variable(&self, name: &str) -> Known {
        if let Some(entry) = self.scope.entry(name) {
            return self.entry(entry);
        }
        match name {
            "request" => Known::Request,
            "images" => Known::api(vec![self.schemas.images_type()]),
            "element" => self.element(),
            "elementIndex" => Known::Scalar("number"),
            "serviceAccountName" | "serviceAccountNamespace" => Known::Scalar("text"),
            "target" => self.target(),
            _ => Known::Nothing,
        }
    }

    /// What a context entry holds.
    pub(crate) fn entry(&self, entry: &Node) -> Known {
        let Some(inner) = self.inner() else { return Known::Nothing };
        match entry_source(entry) {
            Some(("configMap", _)) => self.of_object("v1", "ConfigMap"),
            Some(("variable", source)) if source.get("value").is_none() => match source.get("jmesPath") {
                Some(path) => inner.text(path),
                None => Known::Nothing,
            },
            _ => Known::Nothing,
        }
    }

    /// What the expression in a text field gives.
    fn text(&self, node: &Node) -> Known {
        let parsed = node.as_str().map(|text| jmespath::parse(text.trim()));
        parsed.and_then(|parsed| parsed.ast).map_or(Known::Nothing, |ast| self.infer(&ast, &Known::Context))
    }

    /// The same world one definition further on.
    fn inner(&self) -> Option<Self> {
        (self.depth < MOST_DEFINITIONS).then(|| Self { depth: self.depth + 1, ..self.clone() })
    }

    /// The element of the innermost loop around the place.
    fn element(&self) -> Known {
        let Some((innermost, outer)) = self.scope.loops.split_last() else { return Known::Nothing };
        let Some(list) = innermost.get("list") else { return Known::Nothing };
        let scope = Scope { loops: outer.to_vec(), ..self.scope.clone() };
        let depth = self.depth + 1;
        if depth > MOST_DEFINITIONS {
            return Known::Nothing;
        }
        let world = World { schemas: self.schemas, scope: &scope, depth, steps: Rc::clone(&self.steps) };
        self.item(&world.text(list))
    }

    fn target(&self) -> Known {
        if self.scope.is_cleanup {
            return self.objects();
        }
        let targets =
            self.scope.rule.and_then(|rule| rule.at(&["mutate", "targets"])).map(Node::items).unwrap_or_default();
        let targets = match self.scope.target {
            Some(target) => std::slice::from_ref(target),
            None => targets,
        };
        let mut types = Vec::new();
        for target in targets {
            let text = |name: &str| target.get(name).and_then(Node::as_str).unwrap_or_default();
            match self.of_object(text("apiVersion"), text("kind")) {
                Known::Api(found) => types.extend(found),
                _ => return Known::Nothing,
            }
        }
        Known::api(types)
    }

    /// The type of the objects of a kind.
    pub(crate) fn of_object(&self, api_version: &str, kind: &str) -> Known {
        self.schemas.of_object(api_version, kind).map_or(Known::Nothing, |kind| Known::Api(vec![kind.ty]))
    }

    /// A member of a value.
    pub(crate) fn member(&self, of: &Known, name: &str) -> Known {
        match of {
            Known::Context => self.variable(name),
            Known::Request if matches!(name, "object" | "oldObject") => self.objects(),
            Known::Request => self.member(&Known::Api(vec![self.schemas.request_type()]), name),
            Known::Api(types) => {
                let graph = self.graph();
                let member = |&ty: &TypeId| match graph.ty(ty) {
                    Type::Map(value) => Some(*value),
                    Type::Object(_) => {
                        graph.object(ty).and_then(|object| graph.field(object, name)).map(|field| field.ty)
                    }
                    _ => None,
                };
                let mut types: Vec<TypeId> = types.iter().filter_map(member).collect();
                types.sort_unstable();
                types.dedup();
                Known::api(types)
            }
            Known::Object(members) => {
                members.iter().find(|(member, _)| member == name).map_or(Known::Nothing, |(_, known)| known.clone())
            }
            Known::Nothing | Known::List(_) | Known::Scalar(_) => Known::Nothing,
        }
    }

    /// The items of a list.
    pub(crate) fn item(&self, of: &Known) -> Known {
        match of {
            Known::List(item) => (**item).clone(),
            Known::Api(types) => {
                let item = |&ty: &TypeId| match self.graph().ty(ty) {
                    Type::List { item, .. } => Some(*item),
                    _ => None,
                };
                let mut types: Vec<TypeId> = types.iter().filter_map(item).collect();
                types.sort_unstable();
                types.dedup();
                Known::api(types)
            }
            _ => Known::Nothing,
        }
    }

    /// The values of an object whose keys are someone's choice.
    fn values(&self, of: &Known) -> Known {
        let Known::Api(types) = of else { return Known::Nothing };
        let value = |&ty: &TypeId| match self.graph().ty(ty) {
            Type::Map(value) => Some(*value),
            _ => None,
        };
        Known::api(types.iter().filter_map(value).collect())
    }

    /// The members that a value of the API can have, each once, in the order of their names.
    pub(crate) fn members(&self, of: &Known) -> Vec<Member<'w>> {
        let graph = self.graph();
        let types = match of {
            Known::Api(types) => types.as_slice(),
            Known::Request => &[self.schemas.request_type()],
            _ => &[],
        };
        let fields = types.iter().filter_map(|&ty| graph.object(ty)).flat_map(|object| &object.fields);
        let mut members: Vec<Member<'_>> = fields.map(|field| Member { name: graph.name(field.name), field }).collect();
        members.sort_by_key(|member| member.name);
        members.dedup_by_key(|member| member.name);
        members
    }

    /// A type in words.
    pub(crate) fn words(&self, known: &Known) -> String {
        match known {
            Known::Nothing => "any value".to_owned(),
            Known::Context => "the context".to_owned(),
            Known::Request => "an admission request".to_owned(),
            Known::Scalar(words) => (*words).to_owned(),
            Known::Object(_) => "an object".to_owned(),
            Known::List(item) if **item == Known::Nothing => "a list".to_owned(),
            Known::List(item) => format!("a list of {}", self.words(item)),
            Known::Api(types) => {
                let mut words: Vec<String> = types.iter().map(|&ty| self.type_words(ty)).collect();
                words.dedup();
                words.truncate(4);
                words.join(" or ")
            }
        }
    }

    /// A type of the API in words.
    pub(crate) fn type_words(&self, ty: TypeId) -> String {
        let graph = self.graph();
        match graph.ty(ty) {
            Type::List { item, .. } => format!("a list of {}", graph.title(*item)),
            Type::Map(value) => format!("an object of {}", graph.title(*value)),
            _ => graph.title(ty),
        }
    }

    /// What an expression gives that is asked of `current`.
    fn infer(&self, ast: &Ast, current: &Known) -> Known {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MOST_STEPS {
            return Known::Nothing;
        }
        match &ast.node {
            Part::Identity | Part::Current => current.clone(),
            Part::Field(name) => self.member(current, name),
            Part::Literal(_) | Part::Unfinished => Known::Nothing,
            Part::Raw(_) => Known::Scalar("text"),
            Part::Sub(left, right) | Part::Pipe(left, right) => self.infer(right, &self.infer(left, current)),
            Part::Index { of, .. } => self.item(&self.infer(of, current)),
            Part::Project { of, by, body } => {
                let element = self.element_of(of, by, current);
                Known::List(Box::new(self.infer(body, &element)))
            }
            Part::List(items) => {
                let first = items.first().map_or(Known::Nothing, |item| self.infer(item, current));
                Known::List(Box::new(first))
            }
            Part::Hash(members) => Known::Object(
                members.iter().map(|(key, value)| (key.text.clone(), self.infer(value, current))).collect(),
            ),
            Part::Compare(..) | Part::Not(_) => Known::Scalar("a truth value"),
            Part::And(_, right) => self.infer(right, current),
            Part::Or(left, right) => match self.infer(left, current) {
                Known::Nothing => self.infer(right, current),
                known => known,
            },
            Part::Reference(_) => Known::Nothing,
            Part::Call { name, arguments } => {
                let name = name.as_ref().map_or("", |name| &name.text);
                self.call(name, arguments, current)
            }
        }
    }

    /// What a projection asks its body of.
    fn element_of(&self, of: &Ast, by: &Projector, current: &Known) -> Known {
        let of = self.infer(of, current);
        match by {
            Projector::Items | Projector::Filter(_) | Projector::Slice { .. } => self.item(&of),
            Projector::Values => self.values(&of),
            Projector::Flatten => match self.item(&of) {
                Known::List(inner) => *inner,
                item => match self.item(&item) {
                    Known::Nothing => item,
                    inner => inner,
                },
            },
        }
    }

    /// What a function gives whose result has the type of an argument; for the others, what the table says.
    fn call(&self, name: &str, arguments: &[Ast], current: &Known) -> Known {
        let argument = |at: usize| arguments.get(at).map_or(Known::Nothing, |argument| self.infer(argument, current));
        match name {
            "sort" | "sort_by" | "reverse" | "merge" | "not_null" => argument(0),
            "max" | "min" | "max_by" | "min_by" => self.item(&argument(0)),
            "to_array" => match argument(0) {
                list @ Known::List(_) => list,
                Known::Api(types) if self.item(&Known::Api(types.clone())) != Known::Nothing => Known::Api(types),
                known => Known::List(Box::new(known)),
            },
            "values" => Known::List(Box::new(self.values(&argument(0)))),
            "map" => match arguments {
                [Ast { node: Part::Reference(body), .. }, list] => {
                    let item = self.item(&self.infer(list, current));
                    Known::List(Box::new(self.infer(body, &item)))
                }
                _ => Known::Nothing,
            },
            name => match dikast_stdlib::functions::find(name).map(dikast_stdlib::functions::get) {
                Some(function) => of_result(function.result),
                None => Known::Nothing,
            },
        }
    }

    /// What the word in a part of an expression is asked of, the part being asked of `current`.
    fn locate(&self, ast: &Ast, current: &Known) -> Option<Known> {
        if Expression::is_word(ast) {
            return Some(current.clone());
        }
        match &ast.node {
            Part::Sub(left, right) | Part::Pipe(left, right) if !Expression::holds_word(left) => {
                self.locate(right, &self.infer(left, current))
            }
            Part::Project { of, by, body } if !Expression::holds_word(of) => {
                let element = self.element_of(of, by, current);
                match by {
                    Projector::Filter(condition) if Expression::holds_word(condition) => {
                        self.locate(condition, &element)
                    }
                    _ => self.locate(body, &element),
                }
            }
            Part::Call { arguments, .. } => {
                let argument = arguments.iter().find(|argument| Expression::holds_word(argument))?;
                match &argument.node {
                    Part::Reference(body) => {
                        // A function with a lambda asks it of the items of its other argument.
                        let list = arguments.iter().find(|other| !matches!(other.node, Part::Reference(_)));
                        let list = list.map_or(Known::Nothing, |list| self.infer(list, current));
                        self.locate(body, &self.item(&list))
                    }
                    _ => self.locate(argument, current),
                }
            }
            _ => ast.children().into_iter().find_map(|part| self.locate(part, current)),
        }
    }
}

impl Known {
    fn api(types: Vec<TypeId>) -> Self {
        if types.is_empty() { Self::Nothing } else { Self::Api(types) }
    }
}

fn of_result(kind: dikast_stdlib::functions::Kind) -> Known {
    use dikast_stdlib::functions::Kind;
    match kind {
        Kind::Number => Known::Scalar("a number"),
        Kind::Text => Known::Scalar("text"),
        Kind::Bool => Known::Scalar("a truth value"),
        Kind::Numbers => Known::List(Box::new(Known::Scalar("numbers"))),
        Kind::Texts => Known::List(Box::new(Known::Scalar("texts"))),
        Kind::List => Known::List(Box::new(Known::Nothing)),
        Kind::Any | Kind::Object | Kind::Lambda => Known::Nothing,
    }
}
