//! RFC 9457 problems. The HTTP status of a failure is chosen here and nowhere else; the outside sentence and the log
//! line are two things.

use crate::view::{FindingView, each};
use app::AppError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::any::Any;
use utoipa::ToSchema;

/// The body of every failure: what went wrong and, for data, each place with its remedy.
#[derive(Serialize, ToSchema, Debug)]
pub struct Problem {
    /// Stable name of the kind of problem.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    pub findings: Vec<FindingView>,
    /// Refused for want of rights, also where the answer says that there is no such thing.
    #[serde(skip)]
    pub denied: bool,
}

/// Mark of an answer that refuses somebody, for the audit.
#[derive(Clone, Copy, Debug)]
pub struct Denied;

impl Problem {
    /// A problem of one sentence.
    pub fn new(status: StatusCode, kind: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            findings: Vec::new(),
            denied: status == StatusCode::FORBIDDEN,
        }
    }

    /// The request itself is malformed.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", "请求有误", detail)
    }

    /// A change without `If-Match`.
    pub fn precondition_required() -> Self {
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            "if_match_required",
            "缺少版本",
            "修改记录要带 If-Match，写上读到的 ETag",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let denied = self.denied;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if denied {
            response.extensions_mut().insert(Denied);
        }
        response
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let detail = error.to_string();
        let (status, kind, title) = classify(&error);
        if status.is_server_error() {
            tracing::error!(error = ?error, "request failed");
        }
        let findings = match &error {
            AppError::Invalid(findings) | AppError::Conflict(findings) => each(findings),
            _ => Vec::new(),
        };
        let denied = matches!(&error, AppError::Forbidden(_) | AppError::OutOfSight(_));
        Self {
            findings,
            denied,
            ..Self::new(status, kind, title, detail)
        }
    }
}

fn classify(error: &AppError) -> (StatusCode, &'static str, &'static str) {
    match error {
        AppError::NotSignedIn => (StatusCode::UNAUTHORIZED, "not_signed_in", "未登录"),
        AppError::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "没有权限"),
        AppError::NotFound(_) | AppError::OutOfSight(_) => {
            (StatusCode::NOT_FOUND, "not_found", "没有找到")
        }
        AppError::Stale { .. } => (StatusCode::CONFLICT, "stale", "已被修改"),
        AppError::Conflict(_) => (StatusCode::CONFLICT, "conflict", "有冲突"),
        AppError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "需要改正"),
        AppError::Locked { .. } => (StatusCode::TOO_MANY_REQUESTS, "locked", "暂时锁定"),
        AppError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "文件过大"),
        AppError::Store(_) | AppError::File(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "store", "暂时无法完成")
        }
    }
}

/// Refusals of the framework (a body that is no JSON, a query of the wrong shape, a method that is not there) become
/// problems like all others; their own words speak of the program and stay inside.
pub async fn speak_plainly(response: Response) -> Response {
    let status = response.status();
    let told = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/problem+json");
    if told || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (kind, title, detail) = match status {
        StatusCode::NOT_FOUND => (
            "not_found",
            "没有找到",
            "没有这个接口，接口清单见 /api/v1/openapi.json",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method",
            "不支持",
            "这个接口不支持这种操作，接口清单见 /api/v1/openapi.json",
        ),
        StatusCode::REQUEST_TIMEOUT => {
            ("timeout", "超时", "操作时间过长，没有完成，请缩小范围再试")
        }
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too_large",
            "内容过大",
            "一次送来的内容太多，请拆分后再送；文件不超过 64 MB，一条记录不超过 4 MB",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "media_type",
            "格式不对",
            "请求内容要用 application/json，上传文件用 multipart/form-data",
        ),
        StatusCode::UNPROCESSABLE_ENTITY => (
            "shape",
            "格式不对",
            "请求内容的字段不符合接口要求，字段清单见 /api/v1/openapi.json",
        ),
        _ if status.is_server_error() => (
            "internal",
            "系统出错",
            "系统内部出错，操作没有完成，请重试。",
        ),
        _ => (
            "bad_request",
            "请求有误",
            "请求的内容或参数读不出来，写法见 /api/v1/openapi.json",
        ),
    };
    let mut answer = Problem::new(status, kind, title, detail).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    answer
}

/// The answer after a panic: a bug is logged by the panic hook, the person gets a sentence.
pub fn panic_answer(_: Box<dyn Any + Send + 'static>) -> Response {
    let detail = "系统内部出错，操作没有完成。请重试；仍不行时把时间告诉管理员。";
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "系统出错",
        detail,
    )
    .into_response()
}
