//! Attachments of records.

use crate::Shared;
use crate::access::{Signed, run};
use crate::problem::Problem;
use crate::view::each;
use crate::view::record::{AttachmentList, AttachmentView};
use app::attachment;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(add, of_record))
        .routes(routes!(stage))
        .routes(routes!(open, remove))
}

/// A file with its name, taken from a multipart body.
pub struct Upload {
    /// File name as sent.
    pub name: String,
    /// Content.
    pub bytes: Bytes,
    /// Text fields beside it.
    pub fields: Vec<(String, String)>,
}

/// Reads the file and the text fields of an upload.
pub async fn read_upload(mut form: Multipart) -> Result<Upload, Problem> {
    let mut upload = None;
    let mut fields = Vec::new();
    while let Some(part) = form
        .next_field()
        .await
        .map_err(|error| too_large_or_bad(&error))?
    {
        let field = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(name) => {
                upload = Some((
                    name,
                    part.bytes()
                        .await
                        .map_err(|error| too_large_or_bad(&error))?,
                ))
            }
            None => fields.push((
                field,
                part.text()
                    .await
                    .map_err(|error| too_large_or_bad(&error))?,
            )),
        }
    }
    let (name, bytes) = upload
        .ok_or_else(|| Problem::bad_request("没有收到文件：表单里要有一个名为 file 的文件"))?;
    Ok(Upload {
        name,
        bytes,
        fields,
    })
}

fn too_large_or_bad(error: &axum::extract::multipart::MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "文件过大",
            "文件超过 64 MB，请拆分或压缩图片后再传",
        );
    }
    Problem::bad_request("上传中断或格式不对，请重新选择文件")
}

/// Adds a file to a record.
#[utoipa::path(post, path = "/registers/{register}/records/{id}/attachments", tag = "files", params(("register" = String, Path), ("id" = String, Path)), request_body(content_type = "multipart/form-data", content = String), responses((status = 201, body = AttachmentView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((register, id)): Path<(String, String)>,
    form: Multipart,
) -> Result<Response, Problem> {
    let upload = read_upload(form).await?;
    let app = shared.app.clone();
    let file =
        run(move || attachment::add(&app, &actor, &register, &id, &upload.name, &upload.bytes))
            .await?;
    Ok((StatusCode::CREATED, Json(AttachmentView::from(&file))).into_response())
}

/// The files of a record, with the field each belongs to.
#[utoipa::path(get, path = "/registers/{register}/records/{id}/attachments", tag = "files", params(("register" = String, Path), ("id" = String, Path)), responses((status = 200, body = AttachmentList), (status = 404, body = Problem)))]
async fn of_record(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((register, id)): Path<(String, String)>,
) -> Result<Json<AttachmentList>, Problem> {
    let app = shared.app.clone();
    let files = run(move || attachment::of_record(&app, &actor, &register, &id)).await?;
    Ok(Json(AttachmentList {
        attachments: each(&files),
    }))
}

/// Keeps a file for a form that is being filled in; its `content_id` is the value the file field takes.
#[utoipa::path(post, path = "/attachments", tag = "files", request_body(content_type = "multipart/form-data", content = String), responses((status = 201, body = AttachmentView), (status = 422, body = Problem)))]
async fn stage(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    form: Multipart,
) -> Result<Response, Problem> {
    let upload = read_upload(form).await?;
    let app = shared.app.clone();
    let file = run(move || attachment::stage(&app, &actor, &upload.name, &upload.bytes)).await?;
    Ok((StatusCode::CREATED, Json(AttachmentView::from(&file))).into_response())
}

/// The file itself, always as a download.
#[utoipa::path(get, path = "/attachments/{id}", tag = "files", params(("id" = String, Path)), responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 404, body = Problem)))]
async fn open(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let app = shared.app.clone();
    let (file, bytes) = run(move || attachment::open(&app, &actor, &id)).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let disposition = format!(
        "attachment; filename*=UTF-8''{}",
        percent_encoded(&file.name)
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
    );
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(&file.media_type)
            .unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Takes a file off its record.
#[utoipa::path(delete, path = "/attachments/{id}", tag = "files", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn remove(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let app = shared.app.clone();
    run(move || attachment::remove(&app, &actor, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// RFC 8187 form of a file name.
pub fn percent_encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        assert_eq!(percent_encoded("图\r\n\"a.pdf"), "%E5%9B%BE%0D%0A%22a.pdf");
    }
}
