//! Accounts of the district: sign in with a password or a one-time link, who is signed in, and what a person may do.
//! No account has a password until its owner sets one; nothing is ever shipped with one.

mod login;
mod manage;
mod rights;

pub use login::{LOGIN_SECONDS, SignedIn, actor, enter, sign_in, sign_in_by_link, sign_out};
pub(crate) use login::{actor_of, new_token as random_token};
pub use manage::{
    AccountLine, NewAccount, add, first_link, link, list, names, set_enabled, set_password,
};
pub use rights::{Actor, roles_in_force};

use crate::App;
use crate::error::AppError;
use ground::Date;

/// The person signed in, as the page shows it.
#[derive(Clone, Debug)]
pub struct Me {
    /// Login name.
    pub login: String,
    /// Name or post shown.
    pub name: String,
    /// Post.
    pub post: String,
    /// Path of the person's organisation.
    pub organisation_path: String,
    /// Its name.
    pub organisation_name: String,
    /// Roles.
    pub roles: Vec<String>,
    /// District code.
    pub district_code: String,
    /// District name.
    pub district_name: String,
    /// The day that counts as today.
    pub today: Date,
    /// The clock stands on a day.
    pub clock_stands: bool,
    /// May write records.
    pub can_write: bool,
    /// May import workbooks into some register.
    pub can_import: bool,
    /// May bring definitions into force.
    pub can_admin: bool,
}

/// Who is signed in.
pub fn me(app: &App, actor: &Actor) -> Result<Me, AppError> {
    let found = app.read(|reader| {
        let path = register::Value::Text(actor.org.to_string());
        reader.list(
            "organisation",
            &store::Query::default()
                .filter(store::Filter::eq("path", path))
                .limited(1),
        )
    })?;
    let name = found
        .records
        .first()
        .and_then(|stored| stored.record.text("name"))
        .unwrap_or_else(|| app.district_name())
        .to_owned();
    Ok(Me {
        login: actor.login.clone(),
        name: actor.name.clone(),
        post: actor.post.clone(),
        organisation_path: actor.org.to_string(),
        organisation_name: name,
        roles: actor.roles.clone(),
        district_code: app.district().as_str().to_owned(),
        district_name: app.district_name().to_owned(),
        today: app.today(),
        clock_stands: app.clock_stands(),
        can_write: actor.may_write(),
        can_import: crate::imports::some_import(app, actor)?,
        can_admin: crate::definition_editing::may_edit(app, actor),
    })
}

/// The one who runs the binary on the data folder: reads and writes all business records.
pub fn local_actor(app: &App) -> Actor {
    Actor::local(app)
}
