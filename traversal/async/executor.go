package async

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// ExecutorOptions configures an [Executor]. The zero value is a safe default.
type ExecutorOptions struct {
	Name       string        // for error texts; default "executor"
	Workers    int           // running at once; default runtime.GOMAXPROCS(0)
	Queue      int           // waiting for a worker; default 16 for each worker, negative for no queue
	RetryAfter time.Duration // the Retry-After of refused requests; default one second
}

// Executor runs work that blocks or burns CPU. It bounds how much work runs at once and how much
// may wait; beyond both bounds it refuses work with [ErrSaturated] instead of piling it up. Work
// that waits for the network needs no executor: start it with [Go].
//
// [Submit] and [UseExecutor] give work to an executor; the work belongs to the scope of its
// context. Workers are goroutines that exist only while there is work, so an idle Executor costs
// nothing. An Executor is safe for concurrent use and meant to live as long as the application;
// Close drains it.
type Executor struct {
	name       string
	workers    int
	queue      int
	retryAfter time.Duration

	mu      sync.Mutex
	closed  bool
	running int // workers that exist
	jobs    jobList
	busy    map[*job]struct{}
	idle    []chan struct{} // closed when the last worker exits
	stats   ExecutorStats
}

// ExecutorStats are the counters of an executor, in pieces of work.
type ExecutorStats struct {
	Running, Workers int    // running now, and the bound
	Queued, Queue    int    // queued now, and the bound
	Done             uint64 // ran, whether or not it failed
	Inline           uint64 // ran at once in the worker that submitted it
	Refused          uint64 // failed with ErrSaturated
	Cancelled        uint64 // its context ended while it was queued
}

// NewExecutor returns an executor with no workers running yet.
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

// Stats returns a snapshot of the counters.
func (ex *Executor) Stats() ExecutorStats {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	st := ex.stats
	st.Running, st.Workers, st.Queued, st.Queue = ex.running, ex.workers, ex.jobs.len, ex.queue
	return st
}

// Close drains the executor: new work fails with [ErrClosed], and Close waits until the work that
// was accepted before is done. If ctx ends first, queued work fails with ErrClosed, and Close
// returns a [*StragglersError] for the work that is still running. Calling Close again waits for
// that again.
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
	var started []callers
	for j := range ex.busy {
		started = append(started, j.started)
	}
	ex.mu.Unlock()
	for _, j := range dropped {
		if j.stop() {
			j.drop(fmt.Errorf("%s: %w", ex.name, ErrClosed))
		}
	}
	if len(started) == 0 { // they returned just now
		return nil
	}
	return fmt.Errorf("close %s: %w", ex.name, newStragglersError(started))
}

// take gives a job to a new worker or to the queue, or returns why it cannot. It calls watch if the
// job goes to the queue.
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

// work is a worker: it runs j, and then whatever is queued.
func (ex *Executor) work(j *job) {
	drained := false
	defer func() {
		if !drained { // the job called runtime.Goexit
			if next := ex.next(j); next != nil {
				go ex.work(next)
			}
		}
	}()
	for j != nil {
		j.run()
		j = ex.next(j)
	}
	drained = true
}

// next records that last is done and returns the next job; nil ends the worker.
func (ex *Executor) next(last *job) *job {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.stats.Done++
	delete(ex.busy, last)
	for j := ex.jobs.pop(); j != nil; j = ex.jobs.pop() {
		if j.stop() { // otherwise its context has ended, and it is being dropped
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

// leave removes a job whose context ended from the queue.
func (ex *Executor) leave(j *job) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.jobs.remove(j)
	ex.stats.Cancelled++
}

// job is work as its executor sees it.
type job struct {
	prev, next *job
	queued     bool
	started    callers
	stop       func() bool // for queued jobs: keeps the job from being dropped, false if it is too late
	run        func()
	drop       func(err error)
}

// jobList is a queue that allows jobs to be removed anywhere.
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
