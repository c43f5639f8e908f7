// Package forms is an application with sessions, a login and forms, whose tests show that the three
// protect each other: the session, the user in it, and the token of its forms.
package forms
