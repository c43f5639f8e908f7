package web

// AddResponseCallback has fn called with the response once the tweens are done
// with it, in the order added. Callbacks may add further ones. They do not run
// for a request that ends in an error nobody answered; an error of one ends the
// rest of them and becomes the request's.
func (r *Request) AddResponseCallback(fn func(*Request, *Response) error) {
	if fn == nil {
		return
	}
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.onResponse = append(x.onResponse, fn)
}

// AddFinishedCallback has fn called at the very end of the request, after the
// response was written, whether or not it succeeded, in the order added.
// Callbacks may add further ones; an error of one ends the rest of them.
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

// next takes the first callback out, so that one which adds another sees it run.
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
