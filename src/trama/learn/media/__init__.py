"""Videos and files of lessons: what authors send, how it is looked at, and how it goes out.

A *video* of a version is our own file (MP4 or WebM) with captions, picture and a light version, or leads elsewhere; a
*file* is a document to download. Lessons name them in frames (``courses.lessons``). What was sent is only added to;
rows of a published version are frozen. Who may read the lesson may load them: published courses are public.
"""
