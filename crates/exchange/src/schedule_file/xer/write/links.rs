//! Links between tasks; what a summary waits for or holds up, its members do.

use std::collections::BTreeSet;

use plan::{Link, LinkKind};

use super::{Tables, Writer};
use crate::schedule_file::remarks::Remarks;

impl Writer<'_> {
    pub(super) fn links(&self, out: &mut Tables, remarks: &mut Remarks) {
        out.table(
            "TASKPRED",
            "task_pred_id task_id pred_task_id proj_id pred_proj_id pred_type lag_hr_cnt",
        );
        let links = self.task_links();
        self.tell_links(&links, remarks);
        let activities = &self.file.network.activities;
        for (number, link) in links.iter().enumerate() {
            out.row();
            out.cell(number + 1);
            out.cell(self.plan.tasks[link.to]);
            out.cell(self.plan.tasks[link.from]);
            out.cell(self.project_key(activities[link.to].project as usize));
            out.cell(self.project_key(activities[link.from].project as usize));
            out.cell(match link.kind {
                LinkKind::FS => "PR_FS",
                LinkKind::SS => "PR_SS",
                LinkKind::FF => "PR_FF",
                LinkKind::SF => "PR_SF",
            });
            out.hours(link.lag);
            out.end();
        }
    }

    /// The links between tasks: nodes of P6 have none, so a link of a summary is written for the members it binds.
    fn task_links(&self) -> Vec<Link> {
        let mut members = vec![Vec::new(); self.file.ids.len()];
        for (i, activity) in self.file.network.activities.iter().enumerate() {
            if self.plan.became_node[i] {
                continue;
            }
            let parent = |&at: &usize| self.file.network.activities[at].parent;
            for summary in std::iter::successors(activity.parent, parent) {
                members[summary].push(i);
            }
        }
        let mut links = Vec::new();
        for link in &self.file.network.links {
            for from in self.leaving(link, &members) {
                for to in self.entered(link, &members) {
                    links.push(Link { from, to, ..*link });
                }
            }
        }
        links
    }

    /// Whose dates a link measures from: the start of a summary is that of its first member.
    fn leaving(&self, link: &Link, members: &[Vec<usize>]) -> Vec<usize> {
        let own = &members[link.from];
        match self.plan.became_node[link.from] {
            false => vec![link.from],
            true if link.kind.leaves_start() => {
                let first = own
                    .iter()
                    .min_by_key(|&&i| (self.schedule.early_start[i], i));
                first.copied().into_iter().collect()
            }
            true => self.edge_of(own, true),
        }
    }

    /// Whom a link binds: every member of a summary, by way of those that begin it.
    fn entered(&self, link: &Link, members: &[Vec<usize>]) -> Vec<usize> {
        match self.plan.became_node[link.to] {
            false => vec![link.to],
            true if link.kind.enters_start() => self.edge_of(&members[link.to], false),
            true => members[link.to].clone(),
        }
    }

    /// Of the members of a summary those that no other member follows (`leaves`), else those that follow none: the rest
    /// lies between them.
    fn edge_of(&self, members: &[usize], leaves: bool) -> Vec<usize> {
        let plain = |link: &&Link| link.kind == LinkKind::FS && link.lag >= 0;
        let links = self.file.network.links.iter().filter(plain);
        let inner = links.filter(|link| {
            members.binary_search(&link.from).is_ok() && members.binary_search(&link.to).is_ok()
        });
        let covered: BTreeSet<usize> = inner
            .map(|link| if leaves { link.from } else { link.to })
            .collect();
        let edge = members.iter().filter(|i| !covered.contains(i));
        edge.copied().collect()
    }

    fn tell_links(&self, links: &[Link], remarks: &mut Remarks) {
        let (usual, activities) = (self.lag_calendar(), &self.file.network.activities);
        let own = self.file.network.links.iter();
        let summary =
            |link: &&Link| self.plan.became_node[link.from] || self.plan.became_node[link.to];
        remarks.counted_out(
            "xer.summary_link",
            own.filter(summary).count(),
            "条汇总任务的关系改写到它下面的任务上：P6 的 WBS 之间没有逻辑关系",
            "日期不变；在 P6 里看到的关系会多一些",
        );
        for link in links {
            if link.lag != 0 && link.lag_calendar != usual {
                remarks.warning(
                    "xer.lag_calendar",
                    || {
                        format!(
                            "{} → {}",
                            activities[link.from].code, activities[link.to].code
                        )
                    },
                    || "P6 的所有延时用同一种日历，这条关系的延时改按该日历计".to_owned(),
                    "请在 P6 中核对这条关系的延时",
                );
            }
        }
    }
}
