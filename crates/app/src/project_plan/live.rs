//! 增量推演 Kept schedules of plans that somebody is trying changes on. The kept one is compared with the plan asked
//! about, activity by activity, so what others wrote meanwhile is followed like any change; nothing here can be stale.

use ground::{Finding, ProjectId};
use plan::{Live, Network, Options, Schedule};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Plans kept at once: those people are working on. One of 10,000 activities takes some megabytes.
const KEPT: usize = 8;

/// The kept schedules, the newest used last.
#[derive(Default)]
pub(crate) struct LivePlans {
    kept: Mutex<Vec<(ProjectId, Live)>>,
}

impl LivePlans {
    /// What [`plan::schedule`] answers, from the kept schedule where there is one.
    ///
    /// # Errors
    /// As [`plan::schedule`].
    pub fn schedule(
        &self,
        project: ProjectId,
        network: &Network,
        options: &Options,
    ) -> Result<Schedule, Vec<Finding>> {
        // Taken out while it is worked on: who tries the same plan at the same time starts over.
        let live = match self.take(project) {
            Some(mut live) => live.follow_to(network, options).map(|()| live)?,
            None => Live::new(network.clone(), *options)?,
        };
        let answer = live.schedule();
        let mut kept = self.lock();
        kept.retain(|(one, _)| *one != project);
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push((project, live));
        Ok(answer)
    }

    fn take(&self, project: ProjectId) -> Option<Live> {
        let mut kept = self.lock();
        let at = kept.iter().position(|(one, _)| *one == project)?;
        Some(kept.remove(at).1)
    }

    /// A holder that panicked left a list that is still one.
    fn lock(&self) -> MutexGuard<'_, Vec<(ProjectId, Live)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
