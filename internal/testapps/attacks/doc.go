// Package attacks has tests that attack applications the way clients do: by foreign hosts, by
// headers that only proxies may write, and by every spelling of a path to what a list denies. Each
// test names the defence that it proves, and reads as a transcript: who sends what, and who
// decides.
package attacks
