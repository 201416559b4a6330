//! One session with an editor.

use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::Sender;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    Cancel, DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, Exit, Initialized,
    Notification as _, PublishDiagnostics, ShowMessage,
};
use lsp_types::request::{Initialize, RegisterCapability, Request as _, Shutdown};
use lsp_types::{CancelParams, InitializeParams, MessageType, NumberOrString, ShowMessageParams, Uri};
use serde::de::DeserializeOwned;

use super::{End, Event, ServerError, capabilities, request};
use crate::text::Encoding;
use crate::uri;
use crate::workspace::Workspace;

/// The id of our one request to the editor.
const WATCHED_FILES: &str = "watched-files";

/// A session; what it may say depends on how far it is.
pub(super) struct Session<W> {
    output: W,
    stage: Stage,
    /// Where searches put what they find.
    events: Sender<Event>,
    /// How many searches were begun.
    searches: u64,
    /// The last search whose findings were taken over: those of earlier ones may come later.
    found: u64,
    /// Whether the editor is willing to tell of changes of files.
    watches: bool,
}

enum Stage {
    /// Before `initialize`.
    Begun,
    Working(Workspace),
    /// After `shutdown`.
    Finished,
}

impl<W: Write> Session<W> {
    pub(super) fn new(output: W, events: Sender<Event>) -> Self {
        Self { output, stage: Stage::Begun, events, searches: 0, found: 0, watches: false }
    }

    /// Takes what came together, and says how the session ends if something ends it.
    pub(super) fn take(&mut self, batch: Vec<Event>) -> Result<Option<End>, ServerError> {
        let cancelled: HashSet<RequestId> = batch.iter().filter_map(cancelled).collect();
        for event in batch {
            let message = match event {
                Event::Message(message) => message,
                Event::Closed => return Ok(Some(End::Abrupt)),
                Event::Found(search, _) if search < self.found => continue,
                Event::Found(search, surroundings) => {
                    self.found = search;
                    for message in &surroundings.problems {
                        let told = ShowMessageParams { typ: MessageType::WARNING, message: message.clone() };
                        let params = serde_json::to_value(told)?;
                        self.send(Notification { method: ShowMessage::METHOD.to_owned(), params })?;
                    }
                    if let Stage::Working(workspace) = &mut self.stage {
                        workspace.surround(*surroundings);
                    }
                    continue;
                }
            };
            match message {
                Message::Request(request) if cancelled.contains(&request.id) => {
                    self.refuse(request.id, ErrorCode::RequestCanceled, "cancelled")?;
                }
                Message::Request(request) => self.request(request)?,
                Message::Notification(notification) if notification.method == Exit::METHOD => {
                    let orderly = matches!(self.stage, Stage::Finished);
                    return Ok(Some(if orderly { End::Orderly } else { End::Abrupt }));
                }
                Message::Notification(notification) => self.notification(notification)?,
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
                    let files = parameters.capabilities.workspace.as_ref();
                    let files = files.and_then(|workspace| workspace.did_change_watched_files);
                    self.watches = files.is_some_and(|files| files.dynamic_registration == Some(true));
                    self.stage = Stage::Working(Workspace::new(encoding, folders(&parameters)));
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

    fn notification(&mut self, notification: Notification) -> Result<(), ServerError> {
        let Stage::Working(workspace) = &mut self.stage else { return Ok(()) };
        let Notification { method, params } = notification;
        match method.as_str() {
            DidOpenTextDocument::METHOD => {
                if let Some(opened) = parameters(params)
                    && workspace.open(opened)
                {
                    self.search();
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
            Initialized::METHOD => {
                self.search();
                if self.watches {
                    let params = serde_json::to_value(capabilities::watched_files()?)?;
                    let method = RegisterCapability::METHOD.to_owned();
                    self.send(Request { id: WATCHED_FILES.to_owned().into(), method, params })?;
                }
            }
            DidChangeWatchedFiles::METHOD => self.search(),
            _ => {}
        }
        Ok(())
    }

    /// Looks for what stands beside the documents, while the session goes on.
    fn search(&mut self) {
        let Stage::Working(workspace) = &self.stage else { return };
        self.searches += 1;
        let (number, search, events) = (self.searches, workspace.search(), self.events.clone());
        std::thread::spawn(move || {
            // Nobody waits for it when the session has ended.
            let _ = events.send(Event::Found(number, Box::new(search())));
        });
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

/// The folders that an editor has open.
fn folders(parameters: &InitializeParams) -> Vec<PathBuf> {
    let folders = parameters.workspace_folders.iter().flatten().map(|folder| &folder.uri);
    #[allow(deprecated, reason = "older editors name their folder only there")]
    let root = parameters.root_uri.as_ref();
    let mut folders: Vec<&Uri> = folders.collect();
    if folders.is_empty() {
        folders.extend(root);
    }
    folders.into_iter().filter_map(uri::to_path).collect()
}

/// The request that a message cancels.
fn cancelled(event: &Event) -> Option<RequestId> {
    let Event::Message(Message::Notification(notification)) = event else { return None };
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
