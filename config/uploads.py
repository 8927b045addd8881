"""Files that people send: what goes beyond the largest that any page takes is let go unseen."""

from django.core.files.uploadhandler import FileUploadHandler

MOST = 50 * 1024 * 1024


class BoundedUpload(FileUploadHandler):
    """Stands before the handlers that keep a file, so that no request can fill memory or disk.

    A file that is too large arrives a little larger than allowed; its form then says so.
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Counts each file for itself."""
        super().new_file(*args, **kwargs)
        self.kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hands a piece on as long as the file is not too large yet."""
        if self.kept > MOST:
            return None
        self.kept += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has it."""
        return None
