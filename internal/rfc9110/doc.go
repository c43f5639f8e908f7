// Package rfc9110 is a plain model of how an origin server responds to GET and HEAD: which
// precondition holds, which range is sent, in which coding, and with which headers (RFC 9110,
// sections 8, 12.5.3, 13 and 14; RFC 9111, sections 4.1 and 4.3.4). It is written from the RFC
// alone, without regard to speed, and shares no code with what it judges.
//
// Tests describe what a view serves by a [Resource]. [Resource.Try] sends requests of [Generate] to
// the view, and judges each response by [Resource.Check].
package rfc9110
