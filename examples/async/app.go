package main

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

// configure declares the application: four versions of the tree, and one view for all their places.
func configure(sky *source, logger *zerolog.Logger) *framework.Configurator {
	batcher := newBatcher(sky)
	top := &Body{Title: "Everything", Children: places[""]}
	root := traversal.Map{
		"child":  &byChild{top, sky},
		"future": &byFuture{top, sky},
		"path":   &byPath{top, sky},
		"batch":  &byBatch{top, batcher},
	}
	config := framework.New(framework.Options{
		Root:   func(*framework.Request) (traversal.Resource, error) { return root, nil },
		Logger: logger,
	})
	config.Include(framework.Async)
	config.AddStepHook(drawStep)
	config.AddTween("timeout", tweens.Timeout(5*time.Second, tweens.TimeoutOptions{}), tweens.Under(tweens.ExcView))
	config.AddTween("log", tweens.Wrap(logTo(sky)), tweens.Under(tweens.ExcView), tweens.Over("timeout"))
	config.AddTween("waterfall", tweens.Wrap(beginWaterfall))
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))

	pages := &site{sky}
	config.AddView(views.On(pages.showWays), views.Method("GET"))  // runs in the executor
	config.AddView(views.On(pages.showPlace), views.Method("GET")) // a coroutine

	config.OnStop(func(ctx context.Context, _ *framework.App) error { return batcher.Close(ctx) })
	return config
}
