package framework_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
)

func TestFailedStartIsUndone(t *testing.T) {
	t.Parallel()
	var d diary
	config := quiet(framework.Options{})
	config.OnStart(d.hook("+a", nil))
	config.OnStop(d.hook("-a", nil))
	config.OnStop(d.hook("-a2", errors.New("cannot close")))
	config.At(registry.Source{File: "app/main.go", Line: 41}).OnStart(d.hook("+b", errNoDatabase))
	config.OnStop(d.hook("-b", nil))
	config.OnStart(d.hook("+c", nil))
	app := build(t, config)

	err := app.Start(t.Context())
	require.ErrorIs(t, err, errNoDatabase)
	assert.Equal(t, "+a +b -a2 -a", d.String())
	failed, ok := errors.AsType[*framework.LifecycleError](err)
	require.True(t, ok)
	assert.Equal(t, "start", failed.Phase)
	assert.Contains(t, err.Error(), "(app/main.go:41): no database")
	assert.Contains(t, err.Error(), "start func at framework/lifecycle_test.go:")
	assert.Regexp(t, `stop .*start_test\.go:\d+\): cannot close`, err.Error())
	require.NoError(t, app.Shutdown(t.Context()))
	assert.Equal(t, "+a +b -a2 -a", d.String(), "undone once")
}

func TestStartEndsWithItsContext(t *testing.T) {
	t.Parallel()
	var d diary
	config := quiet(framework.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	config.OnStart(func(context.Context, *framework.App) error {
		cancel()
		return nil
	})
	config.OnStop(func(ctx context.Context, _ *framework.App) error {
		d.note("undone")
		_, bounded := ctx.Deadline()
		assert.True(t, bounded)
		return ctx.Err()
	})
	config.OnStart(d.hook("never", nil))
	err := build(t, config).Start(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "undone", d.String())
}

func TestShutdownTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		config := quiet(framework.Options{})
		release := make(chan struct{})
		config.OnStop(func(context.Context, *framework.App) error {
			<-release
			return nil
		})
		app := build(t, config)
		require.NoError(t, app.Start(t.Context()))
		first := make(chan error, 1)
		go func() { first <- app.Shutdown(context.WithoutCancel(t.Context())) }()
		synctest.Wait()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, app.Shutdown(impatient), context.DeadlineExceeded)
		close(release)
		require.NoError(t, app.Shutdown(t.Context()))
		require.NoError(t, <-first)
	})
}

func TestShutdownDuringTheStart(t *testing.T) {
	t.Parallel()
	config := quiet(framework.Options{})
	var during error
	config.OnStart(func(ctx context.Context, app *framework.App) error {
		during = app.Shutdown(ctx)
		return nil
	})
	require.NoError(t, build(t, config).Start(t.Context()))
	require.ErrorContains(t, during, "the application is starting")
}

func TestShutdownWithoutAStart(t *testing.T) {
	t.Parallel()
	var d diary
	config := quiet(framework.Options{})
	config.OnStop(d.hook("stop", nil))
	app := build(t, config)
	require.NoError(t, app.Shutdown(t.Context()))
	require.NoError(t, app.Shutdown(t.Context()))
	assert.Empty(t, d.String())
}
