//! Which request is answered by what.

use lsp_server::{ErrorCode, Request, Response};

use crate::workspace::Workspace;

/// The answer to a request of an initialised session.
pub(super) fn answer(_workspace: &Workspace, request: Request) -> Response {
    let message = format!("`{}` is not offered", request.method);
    Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message)
}
