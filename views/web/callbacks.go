package web

// AddResponseCallback registers fn, which is called with the response when the tweens are done with
// it, in order of registration. Callbacks may register more of them. They do not run for an error
// without a response. If one fails, the rest is skipped, and its error becomes that of the request.
func (r *Request) AddResponseCallback(fn func(*Request, *Response) error) {
	if fn == nil {
		return
	}
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.onResponse = append(x.onResponse, fn)
}

// AddFinishedCallback registers fn, which is called at the very end of the request, after the
// response was sent, even if it failed, in order of registration. Callbacks may register more of
// them. If one fails, the rest is skipped.
func (r *Request) AddFinishedCallback(fn func(*Request) error) {
	if fn == nil {
		return
	}
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.onFinished == nil {
		x.onFinished = x.room[:0]
	}
	x.onFinished = append(x.onFinished, fn)
}

func (r *Request) runResponseCallbacks(resp *Response) error {
	x := r.root().extras.Load()
	if x == nil {
		return nil
	}
	for {
		fn, ok := next(x, &x.onResponse)
		if !ok {
			return nil
		}
		if err := fn(r, resp); err != nil {
			drop(x, &x.onResponse)
			return err
		}
	}
}

func (r *Request) runFinishedCallbacks() error {
	x := r.root().extras.Load()
	if x == nil {
		return nil
	}
	for {
		fn, ok := next(x, &x.onFinished)
		if !ok {
			return nil
		}
		if err := fn(r); err != nil {
			drop(x, &x.onFinished)
			return err
		}
	}
}

// next removes and returns the first callback. It does not iterate, since callbacks may add others.
func next[F any](x *extras, list *[]F) (fn F, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(*list) == 0 {
		return fn, false
	}
	fn = (*list)[0]
	*list = (*list)[1:]
	return fn, true
}

func drop[F any](x *extras, list *[]F) {
	x.mu.Lock()
	defer x.mu.Unlock()
	*list = nil
}
