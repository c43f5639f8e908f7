package messages

import "strings"

// languages holds the plural rules of catalogs by language: those of the manual of gettext, and of
// CLDR for the languages that it lacks.
var languages = func() map[string]string {
	all := map[string]string{}
	for rule, names := range map[string]string{
		"nplurals=1; plural=0;":                                                                                  "ja ko zh vi th id ms lo my ka",
		"nplurals=2; plural=(n != 1);":                                                                           "en de nl sv da no nb nn fo es pt it bg el fi et he eo hu tr eu gl ca sq af hi bn ta te ml mr gu kn ur sw az uz kk mn pa ne lb fy rm",
		"nplurals=2; plural=(n > 1);":                                                                            "fr pt_BR oc wa ln fa hy",
		"nplurals=2; plural=(n%10!=1 || n%100==11);":                                                             "is mk",
		"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);":                                        "lv",
		"nplurals=3; plural=n==1 ? 0 : n==2 ? 1 : 2;":                                                            "ga se",
		"nplurals=3; plural=n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2;":                             "ro mo",
		"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);":            "lt",
		"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);": "ru uk be sr hr bs",
		"nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;":                                                "cs sk",
		"nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);":                 "pl",
		"nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);":                       "sl",
		"nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;":     "ar",
		"nplurals=6; plural=(n==0) ? 0 : (n==1) ? 1 : (n==2) ? 2 : (n==3) ? 3 : (n==6) ? 4 : 5;":                 "cy",
		"nplurals=4; plural=(n==1 || n==11) ? 0 : (n==2 || n==12) ? 1 : (n > 2 && n < 20) ? 2 : 3;":              "gd",
		"nplurals=4; plural=(n==1 ? 0 : n==0 || (n%100>1 && n%100<11) ? 1 : n%100>10 && n%100<20 ? 2 : 3);":      "mt",
	} {
		for name := range strings.FieldsSeq(names) {
			all[name] = rule
		}
	}
	return all
}()

// pluralForms returns the plural rule of a locale, "" if it is not known.
func pluralForms(locale string) string {
	if rule := languages[locale]; rule != "" {
		return rule
	}
	language, _, _ := strings.Cut(strings.ReplaceAll(locale, "-", "_"), "_")
	return languages[language]
}
