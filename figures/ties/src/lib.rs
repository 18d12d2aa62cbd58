//! Ties between people: strengths that fade, and bridges between those who would not meet. Pure: no database, no clock.
