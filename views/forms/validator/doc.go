// Package validator checks the inputs of forms by the tags of go-playground/validator:
//
//	type Draft struct {
//		Title string `form:"title" validate:"required,max=80"`
//		Mail  string `form:"mail" validate:"omitempty,email"`
//	}
//
//	forms.SetValidator(config, validator.New(nil))
//	forms.Add(config, edit, save, views.Name("edit"))
//
// The rules hold for views.OnInput too. Unknown rules are configuration errors, found when the
// application is built. A rule that fails becomes a problem of the field with the name that the
// form has for it: its code is the rule, such as "max", and its params have the parameter of the
// rule.
package validator
