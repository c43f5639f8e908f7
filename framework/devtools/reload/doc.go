// Package reload is "serve --reload" of package framework/cli: it builds a program again when its
// source changes, and replaces the process that serves, without a refused connection.
//
// Two processes take part. The supervisor ([Run]) listens, watches and builds. The one that serves
// is its child and has the listener from it ([Attach]). When the source has changed, the supervisor
// builds the program, starts the new process on the same listener, waits until that is ready, and
// only then lets the old one finish its requests and end. If the build fails, or the new process
// ends before it is ready, the old one goes on, and the browser shows why.
//
// Pages learn of it by an event stream, whose script [Child.Script] names: they reload when a new
// process serves, or when templates and static files have changed, and show build errors.
//
// Applications do not use this package; they start with serve --reload. It works on Unix, whose
// processes can inherit a listener.
package reload
