//! What the app could not do, by what the caller can do about it. What is wrong in a user's data is a finding.

use ground::Finding;
use store::StoreError;

/// A failure of one thing a user wanted to do.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in, or the login ended.
    #[error("请先登录")]
    NotSignedIn,
    /// Signed in, but not allowed; the sentence says what is missing.
    #[error("{0}")]
    Forbidden(String),
    /// No such thing in this district, or out of the person's sight.
    #[error("找不到{0}")]
    NotFound(String),
    /// It is there, but not for this person: told like [`Self::NotFound`], word for word, and kept in the audit.
    #[error("找不到{0}")]
    OutOfSight(String),
    /// Somebody changed the record first; the current version is told.
    #[error("这条记录已被别人改过，请刷新后再改")]
    Stale {
        /// Version the record has now.
        current: i64,
    },
    /// The data cannot be taken as it is.
    #[error("有 {} 处需要改正", .0.len())]
    Invalid(Vec<Finding>),
    /// The act collides with the present state, for example an undo of records changed since.
    #[error("现在不能这样做")]
    Conflict(Vec<Finding>),
    /// Too many wrong passwords.
    #[error("登录失败次数过多，请 {minutes} 分钟后再试")]
    Locked {
        /// Minutes until the next try.
        minutes: i64,
    },
    /// An upload over the limit.
    #[error("文件超过 {limit_mb} MB")]
    TooLarge {
        /// The limit in megabytes.
        limit_mb: u64,
    },
    /// The store could not do it.
    #[error("数据库暂时无法完成操作")]
    Store(#[source] StoreError),
    /// A file of the data folder could not be read or written.
    #[error("数据目录无法读写")]
    File(#[from] std::io::Error),
}

impl AppError {
    /// One finding as the whole answer.
    pub fn invalid(finding: Finding) -> Self {
        Self::Invalid(vec![finding])
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        let told = |code: &str, place: &str| {
            AppError::invalid(Finding::error(code, place, text.clone(), ""))
        };
        match &error {
            StoreError::NotFound { .. } => Self::NotFound("这条记录".to_owned()),
            StoreError::Unknown { name } => Self::NotFound(format!("“{name}”")),
            StoreError::Stale { current, .. } => Self::Stale { current: *current },
            StoreError::Duplicate { field, .. } => told("record.duplicate", field),
            StoreError::Invalid { field, .. } => told("record.invalid", field),
            StoreError::Query { .. } => told("list.query", "查询条件"),
            StoreError::Overflow => told("list.overflow", "合计"),
            StoreError::KeyReused => told("record.key_reused", "Idempotency-Key"),
            StoreError::ChangedSince { records } => {
                Self::Conflict(records.iter().map(changed_since).collect())
            }
            StoreError::AlreadyUndone => Self::Conflict(vec![Finding::error(
                "import.undone",
                "导入批次",
                text.clone(),
                "不用再撤销。",
            )]),
            _ => Self::Store(error),
        }
    }
}

fn changed_since((register, id): &(String, ground::RecordId)) -> Finding {
    let place = format!("{register} {id}");
    Finding::error(
        "import.changed_since",
        place,
        "这条记录在导入之后又被修改。",
        "请先在记录的日志里核对，确认后逐条处理。",
    )
}
