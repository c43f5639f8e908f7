// Package devtools has what "serve --dev" of package framework/cli shows to developers in the
// browser. Applications do not use it.
//
// A [Toolbar] records requests: Configure adds subscribers, a step hook and a probe of the tweens to
// the application, and Record is its outermost tween. Handler puts the pages under [Prefix] in front
// of it, and [Inject] a link to them into each HTML page. All of that is decided when the program
// starts: a server without --dev has none of it, whatever its clients send.
//
// What is kept is bounded, in memory, and gone with the process: 100 requests, 16 MiB, and 3 traces
// of about 8 MiB. Values whose names look secret are masked when they are recorded. The header of a
// request is also kept as it was, since its explanation depends on it, and is not shown.
package devtools
