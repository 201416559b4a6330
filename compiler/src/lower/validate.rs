//! `validate`.

use super::{Lowering, Scope};
use crate::ir::{Conditions, Override, PodSecurity, PodSecurityExclude, Validate, ValidateAction, ValidateLoop};
use crate::model;

impl Lowering<'_> {
    /// The body of a validate rule.
    pub(super) fn validate(&mut self, validate: &model::Validate<'_>, scope: &Scope) -> Validate {
        let action = self.validate_action(&validate.action, scope);
        let said_in = self.message_scope(&action, scope);
        Validate {
            message: validate.message.map(|message| self.document(message, &said_in, "")),
            raw_message: validate.message.and_then(|message| message.as_text()).map(|message| self.name(message)),
            enforce: validate.enforce,
            overrides: self.overrides(&validate.overrides),
            allow_existing_violations: validate.allow_existing_violations,
            action,
        }
    }

    /// What the message of a rule may name: it is substituted where the violation is found, in the innermost loop.
    fn message_scope(&self, action: &ValidateAction, scope: &Scope) -> Scope {
        let ValidateAction::Foreach(loops) = action else { return scope.clone() };
        let program = self.builder.program();
        loops.iter().fold(scope.in_loop(), |mut seen, turn| {
            for entry in &turn.context {
                seen.add_entry(program.name(program.entry(*entry).name), *entry);
            }
            self.message_scope(&turn.action, &seen)
        })
    }

    fn validate_action(&mut self, action: &model::ValidateAction<'_>, scope: &Scope) -> ValidateAction {
        match action {
            model::ValidateAction::Pattern(pattern) => ValidateAction::Pattern(self.whole_pattern(pattern, scope)),
            model::ValidateAction::AnyPattern(patterns) => {
                ValidateAction::AnyPattern(self.any_pattern(patterns, scope))
            }
            model::ValidateAction::Deny(conditions) => {
                ValidateAction::Deny(conditions.as_ref().map(|conditions| self.conditions(conditions, scope)))
            }
            model::ValidateAction::Foreach(loops) => {
                ValidateAction::Foreach(loops.iter().map(|turn| self.validate_loop(turn, scope)).collect())
            }
            model::ValidateAction::PodSecurity(pod_security) => {
                ValidateAction::PodSecurity(self.pod_security(pod_security))
            }
            model::ValidateAction::Nothing => ValidateAction::Nothing,
        }
    }

    fn validate_loop(&mut self, turn: &model::ValidateLoop<'_>, scope: &Scope) -> ValidateLoop {
        let (list, list_text) = self.loop_list(turn.list, scope);
        let inner = scope.in_loop();
        let (context, inner) = self.context(&turn.context, &inner);
        ValidateLoop {
            list,
            list_text,
            context,
            preconditions: turn
                .preconditions
                .as_ref()
                .map(|block| Conditions::AnyAll(self.condition_block(block, &inner))),
            element_scope: turn.element_scope,
            action: self.validate_action(&turn.action, &inner),
            span: Some(turn.span),
        }
    }

    fn pod_security(&mut self, pod_security: &model::PodSecurity<'_>) -> PodSecurity {
        PodSecurity {
            level: self.builder.name(pod_security.level.map_or("", |level| level.as_str())),
            version: self.builder.name(pod_security.version.map_or("", |version| version.as_str())),
            exclude: self.pod_security_excludes(&pod_security.exclude),
        }
    }

    /// Excluded controls of a rule or an exception.
    pub(super) fn pod_security_excludes(
        &mut self,
        excludes: &[model::PodSecurityExclude<'_>],
    ) -> Vec<PodSecurityExclude> {
        let lower = |exclude: &model::PodSecurityExclude<'_>| PodSecurityExclude {
            control: self.name(exclude.control),
            images: self.names(&exclude.images),
            restricted_field: exclude.restricted_field.map(|field| self.name(field)),
            values: self.names(&exclude.values),
        };
        excludes.iter().map(lower).collect()
    }

    /// Overrides of the failure action.
    pub(super) fn overrides(&mut self, overrides: &[model::Override<'_>]) -> Vec<Override> {
        let lower = |found: &model::Override<'_>| Override {
            enforce: found.enforce,
            namespaces: found.namespaces.as_deref().map(|namespaces| self.names(namespaces)),
            selector: found.selector.as_ref().map(|selector| self.label_selector(selector)),
        };
        overrides.iter().map(lower).collect()
    }
}
