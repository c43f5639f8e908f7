package async

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// ExecutorOptions configure an Executor. The zero value is a safe default.
type ExecutorOptions struct {
	Name       string        // in errors; "executor" if it is empty
	Workers    int           // at once; the number of CPUs that Go may use if it is 0
	Queue      int           // how much may wait for a worker; 16 for each worker if it is 0, none if it is negative
	RetryAfter time.Duration // what to tell a client that was refused; a second if it is 0
}

// Executor runs work that blocks or burns CPU, with a bound on how much of it at once and on how
// much may wait. What exceeds both is refused with [ErrSaturated] rather than piled up. Work that
// waits for the network needs no executor: start it with [Go].
//
// Workers are goroutines that exist as long as there is work, so an idle Executor costs nothing.
// Work comes from [Submit] and [UseExecutor], and belongs to the scope of its context. An Executor
// is safe for concurrent use and meant to live as long as the application; Close drains it.
type Executor struct {
	name       string
	workers    int
	queue      int
	retryAfter time.Duration

	mu      sync.Mutex
	closed  bool
	running int // workers
	jobs    jobList
	busy    map[*job]struct{}
	idle    []chan struct{} // closed when nothing is running any more
	stats   ExecutorStats
}

// ExecutorStats is what an executor did, and does.
type ExecutorStats struct {
	Running, Workers int    // now, at most
	Queued, Queue    int    // now, at most
	Done             uint64 // work that ran, whether or not it failed
	Inline           uint64 // work that ran inside of other work of the executor
	Refused          uint64 // with ErrSaturated
	Left             uint64 // work whose context ended while it was queued
}

// NewExecutor makes an executor.
func NewExecutor(o ExecutorOptions) *Executor {
	ex := &Executor{name: o.Name, workers: o.Workers, queue: o.Queue, retryAfter: o.RetryAfter, busy: map[*job]struct{}{}}
	if ex.name == "" {
		ex.name = "executor"
	}
	if ex.workers <= 0 {
		ex.workers = runtime.GOMAXPROCS(0)
	}
	if ex.queue == 0 {
		ex.queue = 16 * ex.workers
	}
	ex.queue = max(ex.queue, 0)
	if ex.retryAfter <= 0 {
		ex.retryAfter = time.Second
	}
	return ex
}

// Stats is a snapshot of the counters.
func (ex *Executor) Stats() ExecutorStats {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	st := ex.stats
	st.Running, st.Workers, st.Queued, st.Queue = ex.running, ex.workers, ex.jobs.len, ex.queue
	return st
}

// Close drains the executor: it takes no more work (that fails with [ErrClosed]) and waits until
// what it has is done. If ctx ends first, what is still queued fails with ErrClosed, and the error
// is a [*StragglersError] with what still runs. A second Close waits for that again.
func (ex *Executor) Close(ctx context.Context) error {
	ex.mu.Lock()
	ex.closed = true
	if ex.running == 0 {
		ex.mu.Unlock()
		return nil
	}
	idle := make(chan struct{})
	ex.idle = append(ex.idle, idle)
	ex.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}

	ex.mu.Lock()
	var dropped []*job
	for j := ex.jobs.pop(); j != nil; j = ex.jobs.pop() {
		dropped = append(dropped, j)
	}
	var places []place
	for j := range ex.busy {
		places = append(places, j.place)
	}
	ex.mu.Unlock()
	for _, j := range dropped {
		if j.stop() {
			j.drop(fmt.Errorf("%s: %w", ex.name, ErrClosed))
		}
	}
	if len(places) == 0 { // they came in just now
		return nil
	}
	return fmt.Errorf("close %s: %w", ex.name, newStragglersError(places))
}

// take gives a job to a new worker, or to the queue; else the error says why not. watch is called
// if it goes to the queue.
func (ex *Executor) take(j *job, watch func()) error {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	switch {
	case ex.closed:
		return fmt.Errorf("%s: %w", ex.name, ErrClosed)
	case ex.running < ex.workers:
		ex.running++
		ex.busy[j] = struct{}{}
		go ex.work(j)
	case ex.jobs.len < ex.queue:
		ex.jobs.push(j)
		watch()
	default:
		ex.stats.Refused++
		return &SaturatedError{Name: ex.name, Workers: ex.workers, Queue: ex.queue, After: ex.retryAfter}
	}
	return nil
}

// work is the life of a worker: j, and then whatever is queued.
func (ex *Executor) work(j *job) {
	whole := false
	defer func() {
		if !whole { // the job ended this goroutine by runtime.Goexit
			if next := ex.next(j); next != nil {
				go ex.work(next)
			}
		}
	}()
	for j != nil {
		j.run()
		j = ex.next(j)
	}
	whole = true
}

// next is what a worker does after last; nil ends it.
func (ex *Executor) next(last *job) *job {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.stats.Done++
	delete(ex.busy, last)
	for j := ex.jobs.pop(); j != nil; j = ex.jobs.pop() {
		if j.stop() { // else its context has ended, and it is being dropped
			ex.busy[j] = struct{}{}
			return j
		}
	}
	ex.running--
	if ex.running == 0 {
		for _, idle := range ex.idle {
			close(idle)
		}
		ex.idle = nil
	}
	return nil
}

// leave removes a job whose context ended; its place in the queue is free at once.
func (ex *Executor) leave(j *job) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.jobs.remove(j)
	ex.stats.Left++
}

// job is work as its executor sees it.
type job struct {
	prev, next *job
	queued     bool
	place      place
	stop       func() bool // for what was queued: whether it is not being dropped already
	run        func()
	drop       func(err error)
}

// jobList is a queue that can be left anywhere.
type jobList struct {
	first, last *job
	len         int
}

func (l *jobList) push(j *job) {
	j.queued = true
	j.prev = l.last
	if l.last != nil {
		l.last.next = j
	} else {
		l.first = j
	}
	l.last = j
	l.len++
}

func (l *jobList) pop() *job {
	j := l.first
	if j != nil {
		l.remove(j)
	}
	return j
}

func (l *jobList) remove(j *job) {
	if !j.queued {
		return
	}
	if j.prev != nil {
		j.prev.next = j.next
	} else {
		l.first = j.next
	}
	if j.next != nil {
		j.next.prev = j.prev
	} else {
		l.last = j.prev
	}
	j.prev, j.next, j.queued = nil, nil, false
	l.len--
}
