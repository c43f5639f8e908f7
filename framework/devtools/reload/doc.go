// Package reload is "serve --reload" of package framework/cli: it builds a program again when its
// source changes, and replaces the process that serves, without a refused connection.
//
// Two processes take part. The supervisor ([Run]) listens, watches and builds. The one that serves
// is its child and inherits the listener ([Attach]). When the source has changed, the supervisor
// builds the program, starts the new process on the same listener, waits until that is ready, and
// only then lets the old one finish its requests and end. If the build fails, or the new process
// ends before it is ready, the old one keeps serving, and the browser shows why.
//
// Pages include the script at [Child.Script], which follows a stream of events: it reloads the page
// when a new process serves, or when templates or static files have changed, and shows build errors.
//
// Applications do not use this package; they start with serve --reload. It works on Unix, whose
// processes can inherit a listener.
package reload
