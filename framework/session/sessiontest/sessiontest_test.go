package sessiontest_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/framework/session/sessiontest"
)

// faulty is a store that breaks its contract in one way.
type faulty struct {
	session.Memory
	fault string
}

func (f *faulty) Load(ctx context.Context, id session.ID) (session.Record, error) {
	if f.fault == "a cancelled context is no session" && ctx.Err() != nil {
		return session.Record{}, session.ErrNotFound
	}
	rec, err := f.Memory.Load(ctx, f.short(id))
	if f.fault == "loses a text" {
		delete(rec.Values, "nul")
	}
	return rec, err
}

// short returns an id, without its last byte if that is the fault.
func (f *faulty) short(id session.ID) session.ID {
	if f.fault == "cuts ids" {
		id[len(id)-1] = 0
	}
	return id
}

func (f *faulty) Create(ctx context.Context, id session.ID, rec session.Record, ttl time.Duration) error {
	return f.Memory.Create(ctx, f.short(id), rec, ttl)
}

func (f *faulty) Update(ctx context.Context, id session.ID, c session.Change, ttl time.Duration) error {
	rec, err := f.Memory.Load(ctx, id)
	switch f.fault {
	case "brings back what ended":
		if err != nil && c.Move == nil && ctx.Err() == nil {
			return f.Memory.Create(ctx, id, session.Record{Created: c.Renewed, Renewed: c.Renewed, Values: maps.Clone(c.Set)}, ttl)
		}
	case "writes all values":
		if err == nil && c.Move == nil {
			time.Sleep(time.Millisecond)
			if rec.Values == nil {
				rec.Values = map[string]string{}
			}
			maps.Copy(rec.Values, c.Set)
			for _, name := range c.Delete {
				delete(rec.Values, name)
			}
			rec.Renewed = c.Renewed
			return f.Memory.Create(ctx, id, rec, ttl)
		}
	case "keeps the old id":
		if to := c.Move; to != nil && err == nil {
			c.Move = nil
			_ = f.Memory.Create(ctx, *to, rec, ttl)
			return f.Memory.Update(ctx, *to, c, ttl)
		}
	case "prolongs nothing":
		ttl = 2 * time.Second
	}
	return f.Memory.Update(ctx, f.short(id), c, ttl)
}

func (f *faulty) Delete(ctx context.Context, id session.ID) error {
	if f.fault == "does not end sessions" {
		return ctx.Err()
	}
	return f.Memory.Delete(ctx, id)
}

const faultVariable = "SESSIONTEST_FAULT"

// TestFaultyStore is the suite with a faulty store, in the process that TestSuiteFindsFaults starts.
func TestFaultyStore(t *testing.T) {
	fault := os.Getenv(faultVariable)
	if fault == "" {
		t.Skip("TestSuiteFindsFaults runs it")
	}
	sessiontest.TestStore(t, func(*testing.T) session.Store { return &faulty{fault: fault} })
}

func TestSuiteFindsFaults(t *testing.T) {
	t.Parallel()
	for fault, found := range map[string]string{
		"none":                              "PASS",
		"cuts ids":                          "--- FAIL: TestFaultyStore/ids_are_exact",
		"loses a text":                      "--- FAIL: TestFaultyStore/every_text_comes_back",
		"prolongs nothing":                  "--- FAIL: TestFaultyStore/a_session_expires",
		"brings back what ended":            "--- FAIL: TestFaultyStore/what_ended_stays_ended",
		"writes all values":                 "--- FAIL: TestFaultyStore/changes_at_the_same_time",
		"keeps the old id":                  "--- FAIL: TestFaultyStore/a_session_gets_another_id",
		"does not end sessions":             "--- FAIL: TestFaultyStore/sessions/no_replay_after_Invalidate",
		"a cancelled context is no session": "--- FAIL: TestFaultyStore/a_cancelled_context",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFaultyStore$", "-test.v")
			cmd.Env = append(os.Environ(), faultVariable+"="+fault)
			out, err := cmd.CombinedOutput()
			require.Equal(t, fault == "none", err == nil, "%s", out)
			assert.Contains(t, string(out), found)
		})
	}
}
