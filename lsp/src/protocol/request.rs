//! Which request is answered by what.

use lsp_server::{ErrorCode, Request, Response};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentSymbolRequest, GotoDefinition, HoverRequest, Request as _,
};
use lsp_types::{
    CodeActionParams, CompletionParams, DocumentSymbolParams, DocumentSymbolResponse, GotoDefinitionParams,
    HoverParams, TextDocumentPositionParams,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::feature::{action, completion, definition, hover, symbol};
use crate::workspace::{Document, Workspace};

/// The answer to a request of an initialised session. What is asked about a document that is not open has the answer
/// that there is nothing.
pub(super) fn answer(workspace: &Workspace, request: Request) -> Response {
    match request.method.as_str() {
        HoverRequest::METHOD => run(request, |HoverParams { text_document_position_params: at, .. }| {
            hover::hover(document(workspace, &at)?, workspace, at.position)
        }),
        Completion::METHOD => run(request, |CompletionParams { text_document_position: at, .. }| {
            let document = document(workspace, &at)?;
            Some(completion::complete(document, workspace, at.position))
        }),
        GotoDefinition::METHOD => run(request, |GotoDefinitionParams { text_document_position_params: at, .. }| {
            definition::definition(document(workspace, &at)?, workspace, at.position)
        }),
        CodeActionRequest::METHOD => run(request, |params: CodeActionParams| {
            Some(action::actions(workspace.document(&params.text_document.uri)?, workspace, &params))
        }),
        DocumentSymbolRequest::METHOD => run(request, |DocumentSymbolParams { text_document, .. }| {
            let document = workspace.document(&text_document.uri)?;
            Some(DocumentSymbolResponse::Nested(symbol::symbols(document.text())))
        }),
        method => {
            let message = format!("`{method}` is not offered");
            Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message)
        }
    }
}

fn document<'w>(workspace: &'w Workspace, at: &TextDocumentPositionParams) -> Option<&'w Document> {
    workspace.document(&at.text_document.uri)
}

/// Answers a request with what `handle` gives for its parameters; null when it gives nothing.
fn run<P: DeserializeOwned, R: Serialize>(request: Request, handle: impl FnOnce(P) -> Option<R>) -> Response {
    let Request { id, method, params } = request;
    let Ok(params) = serde_json::from_value(params) else {
        let message = format!("these are no parameters of `{method}`");
        return Response::new_err(id, ErrorCode::InvalidParams as i32, message);
    };
    match serde_json::to_value(handle(params)) {
        Ok(result) => Response { id, result: Some(result), error: None },
        Err(error) => Response::new_err(id, ErrorCode::InternalError as i32, error.to_string()),
    }
}
