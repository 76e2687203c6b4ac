//! Definitions: read, check, bring into force.

use crate::Shared;
use crate::access::{Signed, run};
use crate::problem::Problem;
use crate::view::definition::{
    DefinitionApply, DefinitionCheck, DefinitionRevert, DefinitionText, DefinitionView,
    template_files,
};
use crate::view::record::RegisterView;
use app::definition_editing as editing;
use axum::Json;
use axum::extract::{Path, State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(schema))
        .routes(routes!(definition))
        .routes(routes!(check))
        .routes(routes!(apply))
        .routes(routes!(revert))
}

/// JSON Schema of the definition language, for editors.
#[utoipa::path(get, path = "/definitions/schema.json", operation_id = "definition_schema", tag = "definitions", responses((status = 200, content_type = "application/json")))]
async fn schema(_signed: Signed) -> Json<serde_json::Value> {
    Json(app::register::definition_schema())
}

/// The text of a definition in force and its versions.
#[utoipa::path(get, path = "/definitions/{register}", tag = "definitions", params(("register" = String, Path)), responses((status = 200, body = DefinitionView), (status = 404, body = Problem)))]
async fn definition(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(register): Path<String>,
) -> Result<Json<DefinitionView>, Problem> {
    let app = shared.app.clone();
    let page = run(move || editing::see(&app, &actor, &register)).await?;
    Ok(Json(DefinitionView::from(&page)))
}

/// Reads a text as a definition and says what bringing it into force would do to the records that are there.
#[utoipa::path(post, path = "/definitions/check", operation_id = "check_definition", tag = "definitions", request_body = DefinitionText, responses((status = 200, body = DefinitionCheck), (status = 403, body = Problem)))]
async fn check(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Json(body): Json<DefinitionText>,
) -> Result<Json<DefinitionCheck>, Problem> {
    let app = shared.app.clone();
    let checked = run(move || {
        let files = template_files(body.files)?;
        editing::check_with(&app, &actor, &body.toml, &files)
    })
    .await?;
    let view = checked.definition.as_deref().map(RegisterView::from);
    Ok(Json(DefinitionCheck::new(&checked, view)))
}

/// Brings a definition into force; all records go over with it, or nothing changes.
#[utoipa::path(post, path = "/definitions/apply", operation_id = "apply_definition", tag = "definitions", request_body = DefinitionApply, responses((status = 200, body = DefinitionCheck), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn apply(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Json(body): Json<DefinitionApply>,
) -> Result<Json<DefinitionCheck>, Problem> {
    let app = shared.app.clone();
    let checked = run(move || {
        let files = template_files(body.files)?;
        editing::apply_with(&app, &actor, &body.toml, &body.reason, &files)
    })
    .await?;
    let view = checked.definition.as_deref().map(RegisterView::from);
    Ok(Json(DefinitionCheck::new(&checked, view)))
}

/// Goes back to the version before, or says with `dry_run` what that would do; all records go with it, or nothing changes.
#[utoipa::path(post, path = "/definitions/{register}/revert", operation_id = "revert_definition", tag = "definitions", params(("register" = String, Path)), request_body = DefinitionRevert, responses((status = 200, body = DefinitionCheck), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn revert(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(register): Path<String>,
    Json(body): Json<DefinitionRevert>,
) -> Result<Json<DefinitionCheck>, Problem> {
    let app = shared.app.clone();
    let checked =
        run(move || editing::revert(&app, &actor, &register, &body.reason, body.dry_run)).await?;
    let view = checked.definition.as_deref().map(RegisterView::from);
    Ok(Json(DefinitionCheck::new(&checked, view)))
}
