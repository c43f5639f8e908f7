// Command mastaba helps to write applications. It needs no application that can be built.
//
//	go run github.com/mastaba-go/mastaba/framework/cmd/mastaba new site
//
// makes a new application, in the folder site. In an application, it is a tool:
//
//	go get -tool github.com/mastaba-go/mastaba/framework/cmd/mastaba
//	go tool mastaba messages extract --locale de,fr
//	go tool mastaba messages check
//
// The commands:
//
//	new NAME                      make a new application: a tree in SQLite, an API, or one page
//	messages extract [PACKAGES]   collect the texts of source and templates, update the catalogs
//	messages check [PACKAGES]     report texts without translation, and other mistakes of catalogs
//
// The exit status is 0 if all went well, 1 after mistakes or an error, and 2 for an invalid command
// line. See package views/i18n/messages for what is collected.
package main
