// Package devtools has what "serve --dev" of package framework/cli shows to developers in the
// browser. Applications do not use it.
package devtools
