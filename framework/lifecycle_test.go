package framework_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

var errNoDatabase = errors.New("no database")

// diary records which hooks ran.
type diary struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (d *diary) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.lines, " ")
}

// hook returns a hook that records its name and returns err.
func (d *diary) hook(name string, err error) func(context.Context, *framework.App) error {
	return func(context.Context, *framework.App) error {
		d.note(name)
		return err
	}
}

func TestHooksRunInOrderAndInReverse(t *testing.T) {
	t.Parallel()
	var d diary
	config := quiet(framework.Options{})
	config.OnStart(d.hook("+a", nil))
	config.OnStop(d.hook("-a", nil))
	config.Include(func(c *framework.Configurator) error {
		c.OnStart(d.hook("+b", nil))
		c.OnStop(d.hook("-b", nil))
		return nil
	}, framework.As("b"))
	config.OnStop(d.hook("-c", nil))
	config.Commit()
	config.OnStart(func(ctx context.Context, app *framework.App) error {
		d.note("+d")
		assert.NotNil(t, app.Registry())
		return ctx.Err()
	})
	app := build(t, config)
	require.NoError(t, app.Start(t.Context()))
	assert.Equal(t, "+a +b +d", d.String())
	select {
	case <-app.Draining():
		t.Error("draining before the end")
	default:
	}
	require.NoError(t, app.Shutdown(t.Context()))
	assert.Equal(t, "+a +b +d -c -b -a", d.String())
	<-app.Draining()

	require.NoError(t, app.Shutdown(t.Context()), "a second time there is nothing to do")
	require.ErrorContains(t, app.Start(t.Context()), "was started before")
	assert.Equal(t, "+a +b +d -c -b -a", d.String())
}

func TestAllStopHooksRunDespiteErrors(t *testing.T) {
	t.Parallel()
	var d diary
	config := quiet(framework.Options{})
	config.OnStop(d.hook("last", nil))
	config.OnStop(func(context.Context, *framework.App) error { panic("at the disco") })
	config.OnStop(func(context.Context, *framework.App) error { runtime.Goexit(); return nil })
	config.OnStop(d.hook("first", errNoDatabase))
	app := build(t, config)
	require.NoError(t, app.Start(t.Context()))
	err := app.Shutdown(t.Context())
	assert.Equal(t, "first last", d.String())
	require.ErrorIs(t, err, errNoDatabase)
	require.ErrorContains(t, err, "the hook ended its goroutine")
	panicked, ok := errors.AsType[*web.PanicError](err)
	require.True(t, ok)
	assert.Equal(t, "at the disco", panicked.Value)
	assert.Contains(t, string(panicked.Stack), "lifecycle_test.go")
}

func TestHookThatIgnoresItsContextIsLeftRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d diary
		release := make(chan struct{})
		config := quiet(framework.Options{})
		config.OnStop(d.hook("after", nil))
		config.OnStop(func(context.Context, *framework.App) error {
			<-release
			return nil
		})
		config.OnStop(func(ctx context.Context, _ *framework.App) error {
			<-ctx.Done()
			d.note("obeyed")
			return nil
		})
		app := build(t, config)
		require.NoError(t, app.Start(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		begin := time.Now()
		err := app.Shutdown(ctx)
		assert.Equal(t, 3250*time.Millisecond, time.Since(begin))
		assert.Equal(t, "obeyed after", d.String())
		require.ErrorContains(t, err, "still running after its context ended")
		close(release)
	})
}

func TestInvalidHooks(t *testing.T) {
	t.Parallel()
	config := quiet(framework.Options{})
	config.OnStart(nil)
	config.OnStop(nil)
	_, err := config.App()
	require.ErrorContains(t, err, "on start: the function is nil")
	require.ErrorContains(t, err, "on stop: the function is nil")
	assert.Equal(t, 2, strings.Count(err.Error(), "lifecycle_test.go:"))
}

func TestHooksAreListed(t *testing.T) {
	t.Parallel()
	config := quiet(framework.Options{})
	var d diary
	for range 2 {
		config.OnStart(d.hook("x", nil))
	}
	listed := build(t, config).Registry().Introspect().Category("life cycle")
	require.Len(t, listed, 2)
	assert.Equal(t, "start hook", listed[0].Type)
	assert.Contains(t, listed[0].Source.String(), "lifecycle_test.go:")
}

// TestOnServe starts the same application to serve, and for a job.
func TestOnServe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		start func(*framework.App, context.Context) error
		mail  error
		want  string
	}{
		"serving": {(*framework.App).Start, nil, "+pool +mail -mail -pool"},
		"offline": {(*framework.App).StartOffline, nil, "+pool -pool"},
		"a start that fails stops what was started before": {(*framework.App).Start, errNoDatabase, "+pool +mail -pool"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d diary
			config := quiet(framework.Options{})
			config.OnStart(d.hook("+pool", nil))
			config.OnStop(d.hook("-pool", nil))
			config.OnServe(d.hook("+mail", tt.mail), d.hook("-mail", nil))
			app := build(t, config)
			require.ErrorIs(t, tt.start(app, t.Context()), tt.mail)
			require.NoError(t, app.Shutdown(t.Context()))
			assert.Equal(t, tt.want, d.String())
			require.ErrorContains(t, app.StartOffline(t.Context()), "was started before")
		})
	}
	config := quiet(framework.Options{})
	config.OnServe(nil, nil)
	_, err := config.App()
	require.ErrorContains(t, err, "on serve: the function is nil")
}
