//! Small things kept beside the records: answers to repeated requests, settings, what is known of
//! attachments (their bytes are kept elsewhere, by content), frozen charts, definition versions.

use ground::RecordId;

use crate::engine::{Cell, Row};
use crate::error::StoreError;
use crate::reader::Reader;
use crate::writer::{Event, Meta, Writer};

/// What is known of a file. The same bytes are kept once, whoever sends them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attachment {
    /// SHA-256 of the bytes, hex.
    pub content_id: String,
    /// Name at the first upload.
    pub file_name: String,
    /// Media type, found out from the bytes.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Moment of the first upload.
    pub at: String,
    /// Who sent it first.
    pub actor: String,
}

/// A chart as it was printed or shown in a meeting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChartSnapshot {
    /// Id.
    pub id: RecordId,
    /// Which chart.
    pub name: String,
    /// The day that it shows, ISO.
    pub as_of: String,
    /// When it was kept.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// Journal position that it was computed at.
    pub journal_seq: i64,
    /// Its content as JSON.
    pub content: String,
}

/// A definition that came into force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DefinitionVersion {
    /// Register.
    pub register: String,
    /// Version of the definition.
    pub version: String,
    /// SHA-256 of its text, hex.
    pub digest: String,
    /// Its TOML.
    pub text: String,
    /// When.
    pub at: String,
    /// By whom.
    pub actor: String,
}

/// A file that came into force with a definition: the template of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DefinitionFile {
    /// Version of the definition.
    pub version: String,
    /// File name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// When.
    pub at: String,
    /// By whom.
    pub actor: String,
}

const ATTACHMENT: &str = "a.content_id, a.file_name, a.media_type, a.size, a.at, a.actor";
const SNAPSHOT: &str = "snapshot_id, name, as_of, at, actor, journal_seq, content";

const DEFINITION: &str = "register, version, digest, text, at, actor";

fn read_definition(row: &Row) -> Result<DefinitionVersion, StoreError> {
    Ok(DefinitionVersion {
        register: row.text(0)?,
        version: row.text(1)?,
        digest: row.text(2)?,
        text: row.text(3)?,
        at: row.text(4)?,
        actor: row.text(5)?,
    })
}

fn read_attachment(row: &Row) -> Result<Attachment, StoreError> {
    Ok(Attachment {
        content_id: row.text(0)?,
        file_name: row.text(1)?,
        media_type: row.text(2)?,
        size: row.int(3)?,
        at: row.text(4)?,
        actor: row.text(5)?,
    })
}

fn read_snapshot(row: &Row) -> Result<ChartSnapshot, StoreError> {
    Ok(ChartSnapshot {
        id: RecordId(row.int(0)?),
        name: row.text(1)?,
        as_of: row.text(2)?,
        at: row.text(3)?,
        actor: row.text(4)?,
        journal_seq: row.int(5)?,
        content: row.text(6)?,
    })
}

fn digest_of(content: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(content))
}

impl Writer<'_> {
    /// As [`Reader::answer_of`], inside the write that keeps the answer.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] when the key came with another body.
    pub fn answer_of(
        &mut self,
        actor: &str,
        key: &str,
        body_digest: &str,
    ) -> Result<Option<String>, StoreError> {
        self.reader().answer_of(actor, key, body_digest)
    }

    /// Keeps the answer to a request.
    pub fn keep_answer(
        &mut self,
        actor: &str,
        key: &str,
        body_digest: &str,
        answer: &str,
        at: &str,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO idempotency (district_code, actor, key, body_digest, answer, at) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let cells = [self.district.as_str(), actor, key, body_digest, answer, at].map(Cell::from);
        self.tx.execute(sql, &cells)?;
        Ok(())
    }

    /// Drops answers kept before a moment.
    pub fn sweep_answers(&mut self, before: &str) -> Result<u64, StoreError> {
        let sql = "DELETE FROM idempotency WHERE district_code = $1 AND at < $2";
        Ok(self.tx.execute(sql, &[self.cell(), Cell::from(before)])?)
    }

    /// Sets a setting of the district.
    pub fn set(&mut self, name: &str, value: &str, meta: &Meta) -> Result<(), StoreError> {
        let sql = "INSERT INTO setting (district_code, name, value, at, actor) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (district_code, name) DO UPDATE \
                   SET value = excluded.value, at = excluded.at, actor = excluded.actor";
        let cells = [self.district.as_str(), name, value, &meta.at, &meta.actor].map(Cell::from);
        self.tx.execute(sql, &cells)?;
        Ok(())
    }

    /// Notes a file; the first name and sender stay.
    pub fn put_attachment(&mut self, file: &Attachment) -> Result<(), StoreError> {
        let sql = "INSERT INTO attachment \
                   (district_code, content_id, file_name, media_type, size, at, actor) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (district_code, content_id) DO NOTHING";
        let cells = [
            self.cell(),
            Cell::from(file.content_id.as_str()),
            Cell::from(file.file_name.as_str()),
            Cell::from(file.media_type.as_str()),
            Cell::Int(file.size),
            Cell::from(file.at.as_str()),
            Cell::from(file.actor.as_str()),
        ];
        self.tx.execute(sql, &cells)?;
        Ok(())
    }

    /// Ties a file to a field of a record: who may see the record may see the file.
    pub fn link_attachment(
        &mut self,
        record: RecordId,
        field: &str,
        content_id: &str,
        meta: &Meta,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO attachment_link \
                   (district_code, record_id, field, content_id, at, actor) \
                   VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (district_code, record_id, field, content_id) DO NOTHING";
        let cells = [
            self.cell(),
            Cell::Int(record.0),
            Cell::from(field),
            Cell::from(content_id),
            Cell::from(meta.at.as_str()),
            Cell::from(meta.actor.as_str()),
        ];
        self.tx.execute(sql, &cells)?;
        Ok(())
    }

    /// Takes a file off a field of a record; false when it did not hang there. The content stays, and the journal
    /// keeps that it was there.
    pub fn unlink_attachment(
        &mut self,
        record: RecordId,
        field: &str,
        content_id: &str,
        meta: &Meta,
    ) -> Result<bool, StoreError> {
        let sql = "DELETE FROM attachment_link WHERE district_code = $1 AND record_id = $2 \
                   AND field = $3 AND content_id = $4";
        let cells = [
            self.cell(),
            Cell::Int(record.0),
            Cell::from(field),
            Cell::from(content_id),
        ];
        if self.tx.execute(sql, &cells)? == 0 {
            return Ok(false);
        }
        let detail = serde_json::json!({ "field": field, "content_id": content_id });
        let event = Event {
            action: "detach".to_owned(),
            register: None,
            record: Some(record),
            detail: Some(detail),
        };
        self.note(event, meta)?;
        Ok(true)
    }

    /// Keeps a file with a version of a definition. Most files stay the same from version to version: what they say is
    /// kept once, by its digest. The columns of all engines hold text, so its bytes stand in hex; templates are small.
    pub fn keep_definition_file(
        &mut self,
        definition: &register::Definition,
        name: &str,
        content: &[u8],
        meta: &Meta,
    ) -> Result<(), StoreError> {
        let digest = digest_of(content);
        let sql = "INSERT INTO definition_content (district_code, digest, content) \
                   VALUES ($1, $2, $3) ON CONFLICT (district_code, digest) DO NOTHING";
        let text = hex::encode(content);
        let cells = [self.district.as_str(), &digest, &text].map(Cell::from);
        self.tx.execute(sql, &cells)?;
        let sql = "INSERT INTO definition_file \
                   (district_code, register, version, name, size, content, at, actor, digest) \
                   VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8) \
                   ON CONFLICT (district_code, register, version, name) DO NOTHING";
        let cells = [
            self.cell(),
            Cell::from(definition.id.as_str()),
            Cell::from(definition.version.as_str()),
            Cell::from(name),
            Cell::Int(i64::try_from(content.len()).unwrap_or(i64::MAX)),
            Cell::from(meta.at.as_str()),
            Cell::from(meta.actor.as_str()),
            Cell::from(digest),
        ];
        self.tx.execute(sql, &cells)?;
        Ok(())
    }

    /// Keeps a chart as it is now.
    pub fn keep_chart(
        &mut self,
        name: &str,
        as_of: &str,
        content: &str,
        meta: &Meta,
    ) -> Result<RecordId, StoreError> {
        let id = self.new_id(meta)?;
        let sql = format!(
            "INSERT INTO chart_snapshot (district_code, {SNAPSHOT}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        );
        let cells = [
            self.cell(),
            Cell::Int(id.0),
            Cell::from(name),
            Cell::from(as_of),
            Cell::from(meta.at.as_str()),
            Cell::from(meta.actor.as_str()),
            Cell::Int(self.head.seq()),
            Cell::from(content),
        ];
        self.tx.execute(&sql, &cells)?;
        Ok(id)
    }
}

impl Reader<'_> {
    fn district_cell(&self) -> Cell {
        Cell::from(self.district.as_str())
    }

    /// The answer given before to the same request; `None` when the request is new. Ask before the
    /// work, and keep the answer with [`Writer::keep_answer`] in the same transaction: then a
    /// request that comes twice has one effect, whatever happened to the first answer.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] when the key came with another body.
    pub fn answer_of(
        &mut self,
        actor: &str,
        key: &str,
        body_digest: &str,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT body_digest, answer FROM idempotency \
                   WHERE district_code = $1 AND actor = $2 AND key = $3";
        let cells = [self.district.as_str(), actor, key].map(Cell::from);
        let rows = self.tx.query(sql, &cells)?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        if row.text(0)? != body_digest {
            return Err(StoreError::KeyReused);
        }
        Ok(Some(row.text(1)?))
    }

    /// A setting of the district.
    pub fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM setting WHERE district_code = $1 AND name = $2";
        let rows = self
            .tx
            .query(sql, &[self.district_cell(), Cell::from(name)])?;
        Ok(rows.first().map(|row| row.text(0)).transpose()?)
    }

    /// All settings of the district by name.
    pub fn settings(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT name, value FROM setting WHERE district_code = $1 ORDER BY name";
        let rows = self.tx.query(sql, &[self.district_cell()])?;
        rows.iter()
            .map(|row| Ok((row.text(0)?, row.text(1)?)))
            .collect()
    }

    /// What is known of a file.
    pub fn attachment(&mut self, content_id: &str) -> Result<Option<Attachment>, StoreError> {
        let sql = format!(
            "SELECT {ATTACHMENT} FROM attachment AS a \
             WHERE a.district_code = $1 AND a.content_id = $2"
        );
        let rows = self
            .tx
            .query(&sql, &[self.district_cell(), Cell::from(content_id)])?;
        rows.first().map(read_attachment).transpose()
    }

    /// Files of a record with the field they belong to.
    pub fn attachments(
        &mut self,
        record: RecordId,
    ) -> Result<Vec<(String, Attachment)>, StoreError> {
        let sql = format!(
            "SELECT {ATTACHMENT}, l.field FROM attachment AS a JOIN attachment_link AS l \
             ON l.district_code = a.district_code AND l.content_id = a.content_id \
             WHERE a.district_code = $1 AND l.record_id = $2 ORDER BY l.field, l.at, a.content_id"
        );
        let rows = self
            .tx
            .query(&sql, &[self.district_cell(), Cell::Int(record.0)])?;
        rows.iter()
            .map(|row| Ok((row.text(6)?, read_attachment(row)?)))
            .collect()
    }

    /// Records that a file is tied to.
    pub fn attachment_records(&mut self, content_id: &str) -> Result<Vec<RecordId>, StoreError> {
        let sql = "SELECT DISTINCT record_id FROM attachment_link \
                   WHERE district_code = $1 AND content_id = $2 ORDER BY record_id";
        let rows = self
            .tx
            .query(sql, &[self.district_cell(), Cell::from(content_id)])?;
        rows.iter().map(|row| Ok(RecordId(row.int(0)?))).collect()
    }

    /// Kept charts of a name, newest first.
    pub fn charts(&mut self, name: &str, limit: u32) -> Result<Vec<ChartSnapshot>, StoreError> {
        let sql = format!(
            "SELECT {SNAPSHOT} FROM chart_snapshot WHERE district_code = $1 AND name = $2 \
             ORDER BY snapshot_id DESC LIMIT $3"
        );
        let limit = Cell::Int(i64::from(limit.min(1000)));
        let rows = self
            .tx
            .query(&sql, &[self.district_cell(), Cell::from(name), limit])?;
        rows.iter().map(read_snapshot).collect()
    }

    /// Definitions that came into force, oldest first.
    pub fn definition_versions(
        &mut self,
        register: &str,
    ) -> Result<Vec<DefinitionVersion>, StoreError> {
        let sql = format!(
            "SELECT {DEFINITION} FROM definition_version \
             WHERE district_code = $1 AND register = $2 ORDER BY at, version"
        );
        let rows = self
            .tx
            .query(&sql, &[self.district_cell(), Cell::from(register)])?;
        rows.iter().map(read_definition).collect()
    }

    /// Files that came into force with the definitions of a register, without their content.
    pub fn definition_files(&mut self, register: &str) -> Result<Vec<DefinitionFile>, StoreError> {
        let sql = "SELECT version, name, size, at, actor FROM definition_file \
                   WHERE district_code = $1 AND register = $2 ORDER BY at, version, name";
        let rows = self
            .tx
            .query(sql, &[self.district_cell(), Cell::from(register)])?;
        let file = |row: &Row| {
            Ok(DefinitionFile {
                version: row.text(0)?,
                name: row.text(1)?,
                size: row.int(2)?,
                at: row.text(3)?,
                actor: row.text(4)?,
            })
        };
        rows.iter().map(file).collect()
    }

    /// The content of a file of a definition; `None` when there is no such file.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the content is not what was kept.
    pub fn definition_file(
        &mut self,
        register: &str,
        version: &str,
        name: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        // Files of before their contents were kept by digest hold them themselves.
        let sql = "SELECT f.content, f.digest, c.content FROM definition_file AS f \
                   LEFT JOIN definition_content AS c \
                   ON c.district_code = f.district_code AND c.digest = f.digest \
                   WHERE f.district_code = $1 AND f.register = $2 AND f.version = $3 \
                   AND f.name = $4";
        let district = self.district_cell();
        let cells = [
            district,
            Cell::from(register),
            Cell::from(version),
            Cell::from(name),
        ];
        let rows = self.tx.query(sql, &cells)?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let corrupt = |detail: &str| StoreError::Corrupt {
            place: format!("{register} {version} {name}"),
            detail: detail.to_owned(),
        };
        let digest = row.opt_text(1)?;
        let content = match digest {
            None => row.text(0)?,
            Some(_) => row.opt_text(2)?.ok_or_else(|| corrupt("no content"))?,
        };
        let content = hex::decode(content).map_err(|error| corrupt(&error.to_string()))?;
        if digest.is_some_and(|digest| digest != digest_of(&content)) {
            return Err(corrupt("the content is another than its digest says"));
        }
        Ok(Some(content))
    }

    /// How many definitions ever came into force here: it grows with each, in whichever process.
    pub fn definition_count(&mut self) -> Result<i64, StoreError> {
        let sql = "SELECT COUNT(*) FROM definition_version WHERE district_code = $1";
        let rows = self.tx.query(sql, &[self.district_cell()])?;
        Ok(rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0))
    }

    /// The definition of each register that came into force last; registers that never had one here are left out.
    pub fn newest_definitions(&mut self) -> Result<Vec<DefinitionVersion>, StoreError> {
        let sql = format!(
            "SELECT {DEFINITION} FROM definition_version \
             WHERE district_code = $1 ORDER BY register, at, version"
        );
        let rows = self.tx.query(&sql, &[self.district_cell()])?;
        let mut newest: Vec<DefinitionVersion> = Vec::new();
        for row in &rows {
            let version = read_definition(row)?;
            newest.retain(|one| one.register != version.register);
            newest.push(version);
        }
        Ok(newest)
    }
}
