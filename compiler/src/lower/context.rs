//! Context entries.

use dikast_grammar::yaml::{Node, NodeValue, Text};
use dikast_stdlib::encode;

use super::constant::value_of;
use super::{Lowering, Scope};
use crate::ir::{ApiCall, Entry, EntryId, EntryQuery, EntrySource, RegistryCredentials, Service, Written};
use crate::model::{self, ContextSource};

/// The root that a `jmesPath` field is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// The context, whose entries it can name.
    Context,
    /// A value that the loader has.
    Value,
}

impl Lowering<'_> {
    /// Entries in order, each of which sees those before it. Gives their ids and the scope after them.
    pub(super) fn context(&mut self, entries: &[model::ContextEntry<'_>], scope: &Scope) -> (Vec<EntryId>, Scope) {
        let mut scope = scope.clone();
        let mut ids = Vec::with_capacity(entries.len());
        for entry in entries {
            let lowered = Entry {
                name: self.name(entry.name),
                source: self.entry_source(&entry.source, &scope),
                span: Some(entry.span),
            };
            let id = self.builder.entry(lowered);
            scope.add_entry(entry.name.as_str(), id);
            ids.push(id);
        }
        (ids, scope)
    }

    fn entry_source(&mut self, source: &ContextSource<'_>, scope: &Scope) -> EntrySource {
        match source {
            ContextSource::Variable { value, jmespath, default } => {
                let asked = if value.is_some() { Asked::Value } else { Asked::Context };
                EntrySource::Variable {
                    value: value.map(|value| self.written(value, scope, "")),
                    jmespath: jmespath.map(|path| self.entry_query(path, scope, asked)),
                    default: default.map(|default| self.written(default, scope, "")),
                }
            }
            ContextSource::ConfigMap { name, namespace } => EntrySource::ConfigMap {
                name: self.written(name, scope, ""),
                namespace: namespace.map(|namespace| self.written(namespace, scope, "")),
            },
            ContextSource::ApiCall(call) => EntrySource::ApiCall(self.api_call(call, scope)),
            ContextSource::ImageRegistry { reference, jmespath, credentials } => EntrySource::ImageRegistry {
                reference: self.written(reference, scope, ""),
                jmespath: jmespath.map(|path| self.entry_query(path, scope, Asked::Value)),
                credentials: credentials.as_ref().map(|given| RegistryCredentials {
                    is_insecure: given.is_insecure,
                    secrets: given.secrets.iter().map(|secret| self.name(secret)).collect(),
                }),
            },
            ContextSource::GlobalReference { name, jmespath } => EntrySource::GlobalReference {
                name: self.written(name, scope, "/name"),
                jmespath: jmespath.map(|path| self.entry_query(path, scope, Asked::Value)),
            },
        }
    }

    /// The call is substituted as one document, so the paths in messages begin at it.
    fn api_call(&mut self, call: &model::ApiCall<'_>, scope: &Scope) -> ApiCall {
        let data = call.data.iter().enumerate().map(|(index, (key, value))| {
            (self.name(key), self.document(value, scope, &format!("/data/{index}/value")))
        });
        let data = data.collect();
        let service = call.service.as_ref().map(|service| Service {
            url: self.document(service.url, scope, "/service/url"),
            ca_bundle: service.ca_bundle.map(|bundle| self.document(bundle, scope, "/service/caBundle")),
            headers: (service.headers.iter().enumerate())
                .map(|(index, (key, value))| {
                    (self.name(key), self.document(value, scope, &format!("/service/headers/{index}/value")))
                })
                .collect(),
        });
        let default = call.default.map(|default| {
            let plain = value_of(default);
            (self.builder.constant(plain), self.document(default, scope, "/default"))
        });
        ApiCall {
            post: call.post,
            url_path: call.url_path.map(|path| self.written(path, scope, "/urlPath")),
            service,
            data,
            jmespath: call.jmespath.map(|path| self.entry_query(path, scope, Asked::Value)),
            default,
        }
    }

    /// A template with its text as written.
    fn written(&mut self, node: &Node, scope: &Scope, path: &str) -> Written {
        let text = encode::sprint(&value_of(node));
        Written { expr: self.document(node, scope, path), text: self.builder.name(&text) }
    }

    /// A `jmesPath` field. Variables in it are replaced before it is parsed; without any it is parsed here.
    fn entry_query(&mut self, text: &Text, scope: &Scope, asked: Asked) -> EntryQuery {
        let node = Node { value: NodeValue::Text(text.clone()), span: text.span() };
        let expr = self.document(&node, scope, "");
        let path = Written { expr, text: self.name(text) };
        let is_fixed = self.builder.as_constant(expr).is_some_and(|path| path.as_text() == Some(text.as_str()));
        let query = match asked {
            _ if !is_fixed => None,
            Asked::Context => Some(self.query_of_context(text, scope)),
            Asked::Value => self.query_of_value(text),
        };
        EntryQuery { path, query }
    }
}
