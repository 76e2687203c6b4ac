//! XLSForm (ODK, Kobo): a form written in the sheets survey, choices and settings becomes the text of a definition.
//! `form` reads the sheets, `xpath` translates expressions, `define` writes the definition. What cannot be carried over
//! is told with sheet and row; nothing is dropped in silence.

mod coerce;
mod define;
mod form;
mod function;
mod xpath;

use ground::Finding;

pub use form::{Form, FormChoice, Question, QuestionKind};

use crate::workbook::Workbook;

/// A form and the definition made of it.
#[derive(Clone, PartialEq, Debug)]
pub struct XlsForm {
    /// The form as read.
    pub form: Form,
    /// Text of `definition.toml`.
    pub toml: String,
    /// Expressions carried over, and all there are.
    pub translated: (usize, usize),
    /// Expressions that were not, each with the reason.
    pub kept: Vec<Kept>,
    /// What needs a look: things without a counterpart, expressions kept as comments.
    pub findings: Vec<Finding>,
}

/// An expression that stays in the definition as a comment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Sheet and row.
    pub place: String,
    /// Column: `relevant`, `constraint` …
    pub what: String,
    /// As written.
    pub text: String,
    /// Why, in Chinese.
    pub why: String,
}

/// Whether a workbook is an XLSForm: a sheet `survey` with a column `type`.
#[must_use]
pub fn is_xlsform(workbook: &Workbook) -> bool {
    form::survey_sheet(workbook).is_some_and(form::has_type_column)
}

/// Reads an XLSForm. `id` is the register id wanted.
///
/// # Errors
/// Findings with sheet and row when the form is not well made: no survey, a column twice, a question without name or
/// type, an unknown type, a list that does not exist, groups that do not close, a calculation without formula.
pub fn read_xlsform(workbook: &Workbook, id: &str) -> Result<XlsForm, Vec<Finding>> {
    let (form, findings) = form::read(workbook)?;
    Ok(define::define(form, id, findings))
}
