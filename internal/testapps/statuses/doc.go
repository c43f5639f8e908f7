// Package statuses checks the framework against RFC 9110. Its test makes random tables of views,
// routes and error views, serves random requests, and compares status, Allow, Vary and the view
// that responded with a reference: plain structs, and one function that follows the RFC and the
// deviations in the README. The reference uses nothing of the framework.
package statuses
