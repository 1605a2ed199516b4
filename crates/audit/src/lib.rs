//! Re-does every check of an election record and names the first fault.
