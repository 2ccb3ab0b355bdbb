"""Stand-ins for modules that revisions import and that are not there: they fail as soon as they are used."""

import importlib.abc
import importlib.machinery
import logging
import sys
import types


class Missing(BaseException):
    """No project's `except` shall hide it; where one does, `USED` tells."""


USED = []  # of what is not there


# What is often asked of modules that are not there, and changes no operation.
HARMLESS = {"_": str, "_LE": str, "_LI": str, "_LW": str, "getLogger": logging.getLogger, "public": lambda item=None, **_: item}


def absent(module, name):
    if name.startswith("__"):
        raise AttributeError(name)
    return HARMLESS[name] if name in HARMLESS else Absent(f"{module}.{name}")


class Absent:
    """Stands for a part of a module that is not there: it can be named, and no more."""

    def __init__(self, name):
        vars(self)["name"] = name

    def __getattr__(self, name):
        return absent(self.name, name)

    def used(self, *_, **__):
        USED.append(self.name)
        raise Missing(self.name)

    __call__ = __iter__ = __len__ = __bool__ = __str__ = __format__ = __getitem__ = __contains__ = used
    __enter__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __mod__ = used
    __mro_entries__ = __index__ = __int__ = __setattr__ = used
    __hash__ = object.__hash__


class AbsentModule(types.ModuleType):
    __path__ = ()

    def __getattr__(self, name):
        return absent(self.__name__, name)


class AbsentFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands last: finds what nobody else has found."""

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return AbsentModule(spec.name)

    def exec_module(self, module):
        pass


class ProjectLoader(importlib.machinery.SourceFileLoader):
    """A module that cannot be imported for want of another counts as absent; what lies below it does not."""

    def exec_module(self, module):
        before = len(USED)
        try:
            super().exec_module(module)
        except (Exception, Missing):
            del USED[before:]
            for name in [name for name in vars(module) if not name.startswith("__")]:
                delattr(module, name)
            module.__class__ = AbsentModule


class ProjectFinder(importlib.abc.MetaPathFinder):
    """Stands first, for what lies below the folder of the projects; other modules are as they are."""

    def __init__(self, projects):
        self.projects = projects

    def find_spec(self, name, path=None, target=None):
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or not spec.origin.startswith(self.projects):
            return None
        spec.loader = ProjectLoader(spec.name, spec.origin)
        return spec


def install(projects):
    """From now on every module can be imported."""
    sys.meta_path.insert(0, ProjectFinder(projects))
    sys.meta_path.append(AbsentFinder())


def attempt(function):
    """Why it could not be run, if so."""
    USED.clear()
    try:
        function()
    except Missing:
        pass
    except Exception as error:  # whatever a revision may run into
        return f"{type(error).__name__}: {error}"
    return f"needs {USED[0]}" if USED else None
