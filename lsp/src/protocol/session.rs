//! One session with an editor.

use std::collections::HashSet;
use std::io::Write;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    Cancel, DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Exit, Notification as _,
    PublishDiagnostics,
};
use lsp_types::request::{Initialize, Request as _, Shutdown};
use lsp_types::{CancelParams, InitializeParams, NumberOrString};
use serde::de::DeserializeOwned;

use super::{End, ServerError, capabilities, request};
use crate::text::Encoding;
use crate::workspace::Workspace;

/// A session; what it may say depends on how far it is.
pub(super) struct Session<W> {
    output: W,
    stage: Stage,
}

enum Stage {
    /// Before `initialize`.
    Begun,
    Working(Workspace),
    /// After `shutdown`.
    Finished,
}

impl<W: Write> Session<W> {
    pub(super) fn new(output: W) -> Self {
        Self { output, stage: Stage::Begun }
    }

    /// Takes messages that came together, and says how the session ends if one of them ends it.
    pub(super) fn take(&mut self, batch: Vec<Message>) -> Result<Option<End>, ServerError> {
        let cancelled: HashSet<RequestId> = batch.iter().filter_map(cancelled).collect();
        for message in batch {
            match message {
                Message::Request(request) if cancelled.contains(&request.id) => {
                    self.refuse(request.id, ErrorCode::RequestCanceled, "cancelled")?;
                }
                Message::Request(request) => self.request(request)?,
                Message::Notification(notification) if notification.method == Exit::METHOD => {
                    let orderly = matches!(self.stage, Stage::Finished);
                    return Ok(Some(if orderly { End::Orderly } else { End::Abrupt }));
                }
                Message::Notification(notification) => self.notification(notification),
                Message::Response(_) => {}
            }
        }
        self.publish()?;
        Ok(None)
    }

    fn request(&mut self, request: Request) -> Result<(), ServerError> {
        match (&mut self.stage, request.method.as_str()) {
            (Stage::Begun, Initialize::METHOD) => match parameters::<InitializeParams>(request.params) {
                Some(parameters) => {
                    let general = parameters.capabilities.general.as_ref();
                    let offered = general.and_then(|general| general.position_encodings.as_deref());
                    let encoding = Encoding::negotiate(offered);
                    self.stage = Stage::Working(Workspace::new(encoding));
                    let result = serde_json::to_value(capabilities::offer(encoding))?;
                    self.send(Response { id: request.id, result: Some(result), error: None })
                }
                None => self.refuse(request.id, ErrorCode::InvalidParams, "these are no parameters of `initialize`"),
            },
            (Stage::Begun, _) => {
                self.refuse(request.id, ErrorCode::ServerNotInitialized, "`initialize` has to come first")
            }
            (Stage::Working(_), Initialize::METHOD) => {
                self.refuse(request.id, ErrorCode::InvalidRequest, "`initialize` has come before")
            }
            (Stage::Working(_), Shutdown::METHOD) => {
                self.stage = Stage::Finished;
                self.send(Response { id: request.id, result: Some(serde_json::Value::Null), error: None })
            }
            (Stage::Working(workspace), _) => {
                let response = request::answer(workspace, request);
                self.send(response)
            }
            (Stage::Finished, _) => self.refuse(request.id, ErrorCode::InvalidRequest, "`shutdown` has come before"),
        }
    }

    fn notification(&mut self, notification: Notification) {
        let Stage::Working(workspace) = &mut self.stage else { return };
        let Notification { method, params } = notification;
        match method.as_str() {
            DidOpenTextDocument::METHOD => {
                if let Some(opened) = parameters(params) {
                    workspace.open(opened);
                }
            }
            DidChangeTextDocument::METHOD => {
                if let Some(changed) = parameters(params) {
                    workspace.change(changed);
                }
            }
            DidCloseTextDocument::METHOD => {
                if let Some(closed) = parameters(params) {
                    workspace.close(closed);
                }
            }
            _ => {}
        }
    }

    /// Tells the editor what has changed in the findings.
    fn publish(&mut self) -> Result<(), ServerError> {
        let Stage::Working(workspace) = &mut self.stage else { return Ok(()) };
        for findings in workspace.news() {
            let params = serde_json::to_value(findings)?;
            self.send(Notification { method: PublishDiagnostics::METHOD.to_owned(), params })?;
        }
        Ok(())
    }

    fn refuse(&mut self, id: RequestId, code: ErrorCode, message: &str) -> Result<(), ServerError> {
        self.send(Response::new_err(id, code as i32, message.to_owned()))
    }

    fn send(&mut self, message: impl Into<Message>) -> Result<(), ServerError> {
        Ok(message.into().write(&mut self.output)?)
    }
}

/// The request that a message cancels.
fn cancelled(message: &Message) -> Option<RequestId> {
    let Message::Notification(notification) = message else { return None };
    if notification.method != Cancel::METHOD {
        return None;
    }
    let CancelParams { id } = parameters(notification.params.clone())?;
    Some(match id {
        NumberOrString::Number(number) => number.into(),
        NumberOrString::String(text) => text.into(),
    })
}

/// The parameters of a message; nothing when they have another form.
fn parameters<P: DeserializeOwned>(params: serde_json::Value) -> Option<P> {
    serde_json::from_value(params).ok()
}
