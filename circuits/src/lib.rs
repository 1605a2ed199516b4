//! The relations of Tabella as constraints, with shapes pinned and a negative test for each constraint.
