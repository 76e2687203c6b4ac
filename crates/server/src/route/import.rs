//! Imports of workbooks: look, choose the mapping, take in, undo.

use crate::Shared;
use crate::access::{Signed, run};
use crate::problem::Problem;
use crate::route::file::read_upload;
use crate::view::each;
use crate::view::import::{
    ImportCommit, ImportField, ImportList, ImportMapping, ImportPreview, ImportResult, Undone,
};
use crate::view::record::Reason;
use app::imports::{self, Choice};
use axum::Json;
use axum::extract::{Multipart, Path, State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list, preview))
        .routes(routes!(remap))
        .routes(routes!(commit))
        .routes(routes!(undo))
}

/// Former imports, newest first.
#[utoipa::path(get, path = "/imports", operation_id = "imports", tag = "imports", responses((status = 200, body = ImportList)))]
async fn list(
    State(shared): State<Shared>,
    Signed(actor): Signed,
) -> Result<Json<ImportList>, Problem> {
    let app = shared.app.clone();
    let lines = run(move || imports::list(&app, &actor)).await?;
    Ok(Json(ImportList {
        imports: each(&lines),
    }))
}

/// Looks at a workbook and says what taking it in would do.
#[utoipa::path(post, path = "/imports", tag = "imports", request_body(content_type = "multipart/form-data", content = String), responses((status = 200, body = ImportPreview), (status = 422, body = Problem)))]
async fn preview(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    form: Multipart,
) -> Result<Json<ImportPreview>, Problem> {
    let upload = read_upload(form).await?;
    let register = upload
        .fields
        .into_iter()
        .find(|(name, value)| name == "register" && !value.is_empty())
        .map(|(_, value)| value);
    let app = shared.app.clone();
    let preview = run(move || {
        imports::preview(
            &app,
            &actor,
            &upload.name,
            upload.bytes.to_vec(),
            register.as_deref(),
        )
    })
    .await?;
    Ok(Json(with_fields(&shared, &preview)?))
}

/// Another sheet, register or mapping for the same upload.
#[utoipa::path(post, path = "/imports/{token}/mapping", tag = "imports", params(("token" = String, Path)), request_body = ImportMapping, responses((status = 200, body = ImportPreview), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn remap(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(token): Path<String>,
    Json(mapping): Json<ImportMapping>,
) -> Result<Json<ImportPreview>, Problem> {
    let columns = mapping
        .columns
        .into_iter()
        .filter_map(|(index, field)| Some((index.parse::<usize>().ok()?, field)))
        .collect();
    let choice = Choice {
        sheet: mapping.sheet,
        register: mapping.register,
        columns,
        match_on: None,
    };
    let app = shared.app.clone();
    let preview = run(move || imports::remap(&app, &actor, &token, choice)).await?;
    Ok(Json(with_fields(&shared, &preview)?))
}

/// A preview with the fields that a column may be given to.
pub fn with_fields(
    shared: &Shared,
    preview: &app::page::import::ImportPreview,
) -> Result<ImportPreview, Problem> {
    let definition = shared.app.definition(&preview.register)?;
    let field = |field: &app::register::Field| ImportField {
        id: field.id.clone(),
        label: field.label.zh.clone(),
        kind: field.kind.keyword().to_owned(),
    };
    Ok(ImportPreview::new(
        preview,
        definition.fields.iter().map(field).collect(),
    ))
}

/// Takes the looked-at import in, as one batch that can be undone.
#[utoipa::path(post, path = "/imports/{token}/commit", tag = "imports", params(("token" = String, Path)), request_body = ImportCommit, responses((status = 200, body = ImportResult), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn commit(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(token): Path<String>,
    Json(commit): Json<ImportCommit>,
) -> Result<Json<ImportResult>, Problem> {
    let app = shared.app.clone();
    let (result, register) =
        run(move || imports::commit(&app, &actor, &token, &commit.skip_places, &commit.reason))
            .await?;
    Ok(Json(ImportResult::new(&result, &register)))
}

/// Takes a whole import back, unless its records were changed since.
#[utoipa::path(post, path = "/imports/{batch}/undo", tag = "imports", params(("batch" = String, Path)), request_body = Reason, responses((status = 200, body = Undone), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn undo(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(batch): Path<String>,
    Json(reason): Json<Reason>,
) -> Result<Json<Undone>, Problem> {
    let app = shared.app.clone();
    let reversed = run(move || imports::undo(&app, &actor, &batch, &reason.reason)).await?;
    Ok(Json(Undone { reversed }))
}
