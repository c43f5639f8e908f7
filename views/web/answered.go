package web

// SetErrorsAnswered tells the request that the caller makes responses of the errors which come from further in. The tween
// that runs error views calls it.
func SetErrorsAnswered(r *Request) { r.root().flags |= flagAnswered }

// ErrorsAnswered reports whether somebody further out makes responses of errors. A tween that refuses a request may then
// return an error, for an error view to answer; outside of that it has to make its own response.
func (r *Request) ErrorsAnswered() bool { return r.root().flags&flagAnswered != 0 }
