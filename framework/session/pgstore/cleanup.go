package pgstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// cleaner is the goroutine that deletes expired sessions.
type cleaner struct {
	mu    sync.Mutex // guards all below
	end   context.CancelFunc
	ended chan struct{}
}

// Start creates the table if it does not exist, and starts the goroutine that deletes expired
// sessions. It is for framework's OnServe. Until Stop it must not be called again.
func (s *Store) Start(ctx context.Context) error {
	s.work.mu.Lock()
	defer s.work.mu.Unlock()
	if s.work.end != nil {
		return errors.New("pgstore: the store was started before")
	}
	if !s.o.KeepSchema {
		if err := s.createSchema(ctx); err != nil {
			return err
		}
	}
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	s.work.end, s.work.ended = end, make(chan struct{})
	go s.clean(running, s.work.ended)
	return nil
}

// Stop ends the goroutine and waits for it, until ctx ends. Without Start it does nothing. The pool
// stays open.
func (s *Store) Stop(ctx context.Context) error {
	s.work.mu.Lock()
	defer s.work.mu.Unlock()
	if s.work.end == nil {
		return nil
	}
	s.work.end()
	select {
	case <-s.work.ended:
		s.work.end = nil
		return nil
	case <-ctx.Done():
		return fmt.Errorf("pgstore: the cleanup still runs: %w", context.Cause(ctx))
	}
}

// clean runs until ctx ends.
func (s *Store) clean(ctx context.Context, ended chan<- struct{}) {
	defer close(ended)
	ticker := time.NewTicker(s.o.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if _, err := s.Cleanup(ctx); err != nil && ctx.Err() == nil && s.o.OnError != nil {
			s.o.OnError(err)
		}
	}
}

// Cleanup deletes the sessions that have expired, in batches, and returns how many. The goroutine
// of Start calls it.
func (s *Store) Cleanup(ctx context.Context) (int64, error) {
	total := int64(0)
	for {
		tag, err := s.pool.Exec(ctx, s.sql.cleanup, s.o.Batch)
		if err != nil {
			return total, fmt.Errorf("postgres: delete expired sessions: %w", err)
		}
		total += tag.RowsAffected()
		if tag.RowsAffected() < int64(s.o.Batch) {
			return total, nil
		}
	}
}
