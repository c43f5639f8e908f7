// Package cookies has what the cookies of sessions, tickets and CSRF tokens share: finding their
// values in a request, the keys that protect them, and how their content is written. It reads what
// clients send without allocations.
package cookies
