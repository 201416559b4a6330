//! The expressions that rules, entries and patterns begin with: what a pass that renumbers expressions has to follow.

use super::{
    ApiCall, Body, Condition, ConditionBlock, Conditions, DecodedRule, Entry, EntryQuery, EntrySource, ExprId,
    Generate, Mutate, MutateAction, Pattern, Program, Rule, Service, Target, Validate, ValidateAction, Written,
};

impl Program {
    /// Calls `visit` with each expression id outside the arena of expressions, which it may replace.
    pub fn visit_roots(&mut self, visit: &mut dyn FnMut(&mut ExprId)) {
        for node in &mut self.patterns {
            if let Pattern::Dynamic(expr) = &mut node.pattern {
                visit(expr);
            }
        }
        for entry in &mut self.entries {
            visit_entry(entry, visit);
        }
        for rule in &mut self.rules {
            visit_rule(rule, visit);
        }
        for exception in &mut self.exceptions {
            if let Some(block) = &mut exception.conditions {
                visit_block(block, visit);
            }
        }
    }
}

type Visit<'a> = &'a mut dyn FnMut(&mut ExprId);

fn visit_entry(entry: &mut Entry, visit: Visit<'_>) {
    match &mut entry.source {
        EntrySource::Variable { value, jmespath, default } => {
            visit_all_written(value.iter_mut().chain(default), visit);
            visit_query(jmespath, visit);
        }
        EntrySource::ConfigMap { name, namespace } => {
            visit_all_written(std::iter::once(name).chain(namespace), visit);
        }
        EntrySource::ApiCall(ApiCall { post: _, url_path, service, data, jmespath, default }) => {
            visit_all_written(url_path, visit);
            if let Some(Service { url, ca_bundle, headers }) = service {
                visit(url);
                visit_all(ca_bundle, visit);
                visit_all(headers.iter_mut().map(|(_, value)| value), visit);
            }
            visit_all(data.iter_mut().map(|(_, value)| value), visit);
            visit_query(jmespath, visit);
            visit_all(default.iter_mut().map(|(_, value)| value), visit);
        }
        EntrySource::ImageRegistry { reference: one, jmespath, credentials: _ }
        | EntrySource::GlobalReference { name: one, jmespath } => {
            visit(&mut one.expr);
            visit_query(jmespath, visit);
        }
    }
}

fn visit_query(query: &mut Option<EntryQuery>, visit: Visit<'_>) {
    if let Some(EntryQuery { path, query }) = query {
        visit(&mut path.expr);
        visit_all(query, visit);
    }
}

fn visit_rule(rule: &mut Rule, visit: Visit<'_>) {
    visit_conditions(rule.preconditions.as_mut(), visit);
    match &mut rule.body {
        Body::Validate(Validate { message, action, .. }) => {
            visit_all(message, visit);
            visit_validate(action, visit);
        }
        Body::Mutate(Mutate { action, targets, existing_on_policy_update: _, also_substituted, decoded }) => {
            visit_all(also_substituted, visit);
            if let Some(DecodedRule { texts, rule }) = decoded {
                visit_all(texts, visit);
                visit(rule);
            }
            visit_mutate(action, visit);
            for Target { api_version, kind, namespace, name, selector, context: _, preconditions } in targets {
                visit(api_version);
                visit(kind);
                visit_all(namespace.iter_mut().chain(name).chain(selector), visit);
                visit_conditions(preconditions.as_mut(), visit);
            }
        }
        Body::Generate(Generate { sources, .. }) => {
            for source in sources {
                visit_all(&mut source.list, visit);
                visit_conditions(source.preconditions.as_mut(), visit);
                visit(&mut source.resource);
            }
        }
        Body::Cleanup(_) => {}
    }
    visit_all(rule.report_properties.iter_mut().map(|property| &mut property.value), visit);
}

fn visit_validate(action: &mut ValidateAction, visit: Visit<'_>) {
    match action {
        ValidateAction::Deny(conditions) => visit_conditions(conditions.as_mut(), visit),
        ValidateAction::Foreach(loops) => {
            for each in loops {
                visit(&mut each.list);
                visit_conditions(each.preconditions.as_mut(), visit);
                visit_validate(&mut each.action, visit);
            }
        }
        ValidateAction::Pattern(_)
        | ValidateAction::AnyPattern(_)
        | ValidateAction::PodSecurity(_)
        | ValidateAction::Nothing => {}
    }
}

fn visit_mutate(action: &mut MutateAction, visit: Visit<'_>) {
    match action {
        MutateAction::Merge(expr) | MutateAction::Json(expr) => visit(expr),
        MutateAction::Foreach(loops) => {
            for each in loops {
                visit(&mut each.list);
                visit_conditions(each.preconditions.as_mut(), visit);
                visit_mutate(&mut each.action, visit);
            }
        }
        MutateAction::Nothing => {}
    }
}

fn visit_conditions(conditions: Option<&mut Conditions>, visit: Visit<'_>) {
    match conditions {
        None => {}
        Some(Conditions::AnyAll(block)) => visit_block(block, visit),
        Some(Conditions::Blocks(blocks)) => blocks.iter_mut().for_each(|block| visit_block(block, visit)),
        Some(Conditions::List(list)) => visit_list(list, visit),
    }
}

fn visit_block(block: &mut ConditionBlock, visit: Visit<'_>) {
    let ConditionBlock { any, all } = block;
    if let Some(any) = any {
        visit_list(any, visit);
    }
    visit_list(all, visit);
}

fn visit_list(list: &mut [Condition], visit: Visit<'_>) {
    for condition in list {
        visit(&mut condition.key);
        visit(&mut condition.value);
    }
}

fn visit_all<'i>(ids: impl IntoIterator<Item = &'i mut ExprId>, visit: Visit<'_>) {
    ids.into_iter().for_each(visit);
}

fn visit_all_written<'i>(all: impl IntoIterator<Item = &'i mut Written>, visit: Visit<'_>) {
    all.into_iter().for_each(|written| visit(&mut written.expr));
}
