//! Projects and rounds: memberships, roll-forward, rates, standing of a project.
