//! What the store could not do, sorted by what the caller can do about it. The Display text is for
//! the user; `detail` is for the log and may hold SQL.

use ground::{Finding, RecordId};

/// Why a read or write was not done. After any error of a write nothing of it is stored.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StoreError {
    /// No such record in this district and register.
    #[error("找不到这条记录")]
    NotFound {
        /// Register asked.
        register: String,
        /// Id asked for.
        id: RecordId,
    },
    /// The record was changed after the caller read it.
    #[error("这条记录已被别人改过(现为第 {current} 版),请刷新后再改")]
    Stale {
        /// Register of the record.
        register: String,
        /// The record.
        id: RecordId,
        /// Its version now.
        current: i64,
    },
    /// A unique field has this value already.
    #[error("字段“{field}”的值与另一条记录相同,请核对是否重复登记")]
    Duplicate {
        /// Register of the records.
        register: String,
        /// Field id.
        field: String,
        /// The record that holds the value; `None` when both come in the same call.
        existing: Option<RecordId>,
    },
    /// An import cannot be undone: these records were changed after it.
    #[error("有 {} 条记录在导入之后又被修改,不能整批撤销;请先处理这些记录", .records.len())]
    ChangedSince {
        /// The changed records, register and id.
        records: Vec<(String, RecordId)>,
    },
    /// The import was undone before.
    #[error("这一批已经撤销过")]
    AlreadyUndone,
    /// The same Idempotency-Key came with another request body.
    #[error("同一个请求编号用在了不同的内容上,请换一个编号再提交")]
    KeyReused,
    /// No such register, field, batch, account…
    #[error("没有“{name}”这一项")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// A value cannot be stored as it is.
    #[error("字段“{field}”的值不能保存:{problem}")]
    Invalid {
        /// Field id.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A list query cannot be answered.
    #[error("查询条件不对:{problem}")]
    Query {
        /// What is wrong with it.
        problem: String,
    },
    /// The definition cannot be brought into force on the data that are there.
    #[error("台账“{register}”的定义不能生效:{problem}")]
    Definition {
        /// Register id.
        register: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// Records cannot be carried over to a new definition: nothing was changed.
    #[error("有 {} 条记录不能转换，新定义没有生效；请按提示处理这些记录或补充转换规则", .failed.len())]
    Conversion {
        /// Register id.
        register: String,
        /// The records, each with what stands in the way; a thousand at most.
        failed: Vec<(RecordId, Vec<Finding>)>,
    },
    /// A sum left the range of 64-bit fen.
    #[error("合计超出可表示的范围")]
    Overflow,
    /// Too much to do or a lock held elsewhere: try again.
    #[error("系统正忙,请稍后再试")]
    Busy {
        /// For the log.
        detail: String,
    },
    /// The disk is full. Reads go on; writes resume when there is room.
    #[error("磁盘空间已满,暂时不能保存;请清理磁盘后重试")]
    Full {
        /// For the log.
        detail: String,
    },
    /// A write or sync of the disk failed; writes stop until the program is restarted.
    #[error("磁盘写入出错,系统已转为只读;请管理员检查磁盘后重启")]
    ReadOnly {
        /// For the log.
        detail: String,
    },
    /// The database cannot be reached. Whether the write was stored is not known.
    #[error("数据库连接中断,请稍后再试;不确定是否保存时请先刷新核对")]
    Unavailable {
        /// For the log.
        detail: String,
    },
    /// A backup could not be made.
    #[error("备份没有完成")]
    Backup {
        /// For the log.
        detail: String,
    },
    /// Stored data are not what this program writes.
    #[error("库中数据已损坏:{place}")]
    Corrupt {
        /// Where.
        place: String,
        /// For the log.
        detail: String,
    },
    /// The database refused a statement: a bug of ours.
    #[error("数据库操作出错,已记录,请联系管理员")]
    Engine {
        /// For the log.
        detail: String,
    },
}

impl StoreError {
    /// The field that an error is about.
    pub(crate) fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } | Self::Duplicate { field, .. } => Some(field),
            Self::Unknown { name } => Some(name),
            _ => None,
        }
    }

    /// Technical text for the log, if there is more than the user's text.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Busy { detail }
            | Self::Full { detail }
            | Self::ReadOnly { detail }
            | Self::Unavailable { detail }
            | Self::Backup { detail }
            | Self::Corrupt { detail, .. }
            | Self::Engine { detail } => Some(detail),
            _ => None,
        }
    }
}
